"""What the page is given: a store to ask, monitors to show, a clock."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dashboards.page.security import SignInProxy
from dashboards.page.work import Reports, Trials
from schemas.monitors.load import LoadResult
from schemas.monitors.resolved import MonitorSet
from schemas.signals import Signal


class StoreProblem(Exception):
    """ClickHouse cannot answer.

    ``remedy`` says what to do; ``passing`` whether it may pass without anybody doing it.
    """

    def __init__(self, what: str, remedy: str, *, passing: bool) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: names of the columns, and a tuple a row."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by the columns' names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def first(self) -> dict[str, Any] | None:
        """The first row, if there is one."""
        return next(iter(self.dicts()), None)


class Store(Protocol):
    """ClickHouse, read only."""

    async def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer to ``sql``, whose ``{name:Type}`` are ``parameters``.

        Raises :class:`StoreProblem`.
        """
        ...


class Monitors(Protocol):
    """The folder of monitor documents."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        ...

    def texts(self) -> dict[str, str]:
        """The documents by file name. Raises ``OSError`` or ``ValueError`` when unreadable."""
        ...

    def check(self, texts: Mapping[str, str], signals: Collection[Signal]) -> LoadResult:
        """What monitors the texts declare, and what is wrong with them.

        ``signals`` are those that conditions may name; empty: not known yet.
        """
        ...

    def running(self, signals: Collection[Signal]) -> MonitorSet:
        """The monitors of the folder that are right; none where it cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What the page needs.

    Parameters
    ----------
    store
        ClickHouse.
    monitors
        The monitors.
    trials
        Tries edited monitors over the past.
    reports
        Makes the reports that alerts lead to.
    clock
        Tells the time, with time zone.
    refresh_seconds
        How often live pages ask anew: once for all who look at the same.
    token
        What people must know to look; empty: nothing.
    proxy
        Signs people in before the page; ``None``: nobody does.
    hosts
        Names the page may be asked for by, without ports; empty: any. Keeps other web sites from
        reaching a page on this machine by a name of their own (DNS rebinding).
    first_paint_seconds
        How long a page waits for slow panels before it is sent without them.
    """

    store: Store
    monitors: Monitors
    trials: Trials
    reports: Reports
    clock: Callable[[], datetime]
    refresh_seconds: float = 5.0
    token: str = ""
    proxy: SignInProxy | None = None
    hosts: tuple[str, ...] = ()
    first_paint_seconds: float = 0.08
