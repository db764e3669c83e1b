"""Making the files of a report."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from dashboards.reports.evidently_report import evidently_distances, evidently_report
from dashboards.reports.plain_words import ReportFacts, Stretch, plain_page
from dashboards.reports.shifts import LEAST_VALUES, Shift, shifts
from schemas.segments import Segment
from schemas.signals import Signal
from streams.reports.events import EventSource

ReportKind = Literal["drift", "quality", "release"]
_COST = ("cost", "tokens.input", "tokens.output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: what it is called, its part of traffic, from when to when."""

    name: str
    segment: Segment
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Files that were written, and what moved.

    ``evidently`` is missing without enough events; ``evidently_distances`` are its distances by
    signal, which are to be those of ``shifts``.
    """

    page: Path
    evidently: Path | None
    shifts: list[Shift]
    evidently_distances: dict[str, float]


def make_report(
    kind: ReportKind,
    source: EventSource,
    *,
    segment: Segment,
    reference: Side,
    current: Side,
    out: Path,
    now: datetime,
) -> Made:
    """Write ``<kind>.html`` in plain words and ``<kind>-evidently.html`` to ``out``.

    ``drift`` looks at every signal, ``quality`` and ``release`` at those that say how good answers
    are and what they cost; ``quality`` adds Evidently's summary of every column.

    Raises
    ------
    OSError
        ``out`` cannot be written.
    ValueError
        The segment cannot be had from the source.
    """
    signals = [s for s in source.signals() if kind == "drift" or is_quality(s)]
    before = source.sample(reference.segment, reference.begin, reference.end)
    now_sample = source.sample(current.segment, current.begin, current.end)
    found = shifts(before.frame, now_sample.frame, signals)
    out.mkdir(parents=True, exist_ok=True)
    evidently = out / f"{kind}-evidently.html"
    enough = min(len(before.frame), len(now_sample.frame)) >= LEAST_VALUES
    distances: dict[str, float] = {}
    if enough:
        snapshot = evidently_report(
            before.frame, now_sample.frame, signals, summary=kind == "quality"
        )
        snapshot.save_html(str(evidently))
        distances = evidently_distances(snapshot)
    facts = ReportFacts(
        kind=kind,
        segment=segment,
        reference=_stretch(reference, len(before.frame), before.events),
        current=_stretch(current, len(now_sample.frame), now_sample.events),
        evidently=evidently.name if enough else "",
        made_at=now,
    )
    page = out / f"{kind}.html"
    page.write_text(plain_page(facts, found), encoding="utf-8")
    return Made(
        page=page,
        evidently=evidently if enough else None,
        shifts=found,
        evidently_distances=distances,
    )


def is_quality(signal: Signal) -> bool:
    """Whether a signal says how good answers are, or what they cost."""
    return signal.better != "neither" or signal.name in _COST


def _stretch(side: Side, used: int, events: int) -> Stretch:
    return Stretch(name=side.name, begin=side.begin, end=side.end, events=used, sampled_from=events)
