"""What takes the page seconds: asked of others, who do it apart from those who look."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from schemas.segments import Segment
from schemas.signals import Signal


class WorkProblem(Exception):
    """The work could not be done; ``remedy`` says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


class TrialEpisode(Struct, frozen=True, kw_only=True):
    """One time that a monitor would have fired; ``resolved`` is ``None`` where it would still."""

    segment: Segment
    fired: datetime
    resolved: datetime | None
    summary: str


class TrialOutcome(Struct, frozen=True, kw_only=True):
    """What a monitor would have done as it is, or with another ``setting``, in words.

    Not ``decided``: it had no verdict at any time, for too few events or too short a past.
    """

    monitor: str
    setting: str
    alerts: int
    alerts_a_month: float
    decided: bool
    episodes: tuple[TrialEpisode, ...] = ()


class Trial(Struct, frozen=True, kw_only=True):
    """What monitors would have done over a stretch of the past.

    ``seconds`` is how much of the stretch has windows, ``uncounted`` names signals that none of
    them has: of an indicator that is new, for instance.
    """

    begin: datetime
    end: datetime
    seconds: int
    monitors: tuple[str, ...]
    outcomes: tuple[TrialOutcome, ...]
    uncounted: tuple[str, ...] = ()


class Trials(Protocol):
    """Tries monitors over the past."""

    async def run(
        self,
        documents: Mapping[str, str],
        file: str,
        signals: Collection[Signal],
        begin: datetime,
        end: datetime,
    ) -> Trial:
        """What the monitors of one of the documents would have done. Raises ``WorkProblem``."""
        ...


class ReportWanted(Struct, frozen=True, kw_only=True):
    """A report: a segment's events from ``begin`` to ``end`` beside those right before."""

    segment: Segment
    reference_begin: datetime
    begin: datetime
    end: datetime


class Reports(Protocol):
    """Makes reports, and keeps the newest ones for a while."""

    def want(self, wanted: ReportWanted) -> str:
        """Have a report made, unless it is there or under way; gives its name."""
        ...

    async def page(self, name: str, *, patience_seconds: float) -> Path | None:
        """The report in plain words; ``None`` while it is being made.

        Raises ``KeyError`` where there is none of that name, and ``WorkProblem``.
        """
        ...

    def evidently(self, name: str) -> Path | None:
        """Evidently's report beside it; ``None`` where there is none."""
        ...
