"""The demonstration itself: a stack, traffic with faults, a screen, and what came of it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from detectors.discovery import all_signals, discover_detectors
from streams.demo.feed import Feed
from streams.demo.figures import Counts, Figures
from streams.demo.snapshot import Rate, Snapshot
from streams.demo.summary import Summary, summarise, while_sending
from streams.demo.traffic import Traffic
from streams.monitors import usable_monitors
from streams.settings import Settings
from streams.stack import PROCESSES, Stack
from streams.store.setup import connect_by

MONITORS = Path(__file__).parent / "monitors"
STALLED_SECONDS = 45.0
"""After the traffic has ended, what makes no progress for so long is not waited for."""

_NONE = Counts(0, 0, 0, {}, None)


class Plan(Struct, frozen=True, kw_only=True):
    """What is shown: ``seconds`` of traffic (``None``: no end) at ``rate`` events a second."""

    seconds: float | None = None
    rate: float = 200.0
    seed: int = 1
    data: Path | None = None


class Screen(Protocol):
    """Where it is shown."""

    def announce(self, text: str) -> None:
        """Say what is happening."""

    def show(self, snapshot: Snapshot) -> None:
        """Show the figures."""


def demo_settings(settings: Settings) -> Settings:
    """Settings for the demonstration: data, monitors and ports of its own."""
    ports = {f"{name}_port": 0 for name in PROCESSES}
    return settings.model_copy(
        update={
            "data_dir": Path(settings.data_dir) / "demo",
            "monitors": MONITORS,
            "http": settings.http.model_copy(update=ports),
        }
    )


def run_demo(settings: Settings, plan: Plan, screen: Screen) -> Summary:
    """Run until the plan's time is over, or Ctrl-C; give the summary.

    Everything that an earlier demonstration left in the data directory is deleted.

    Raises
    ------
    DataDirInUse, EmbeddedServerError, FileNotFoundError
        It cannot begin: another one runs, a server does not start, no data sets there.
    """
    started = time.monotonic()
    settings = demo_settings(settings)
    monitors = usable_monitors(MONITORS, all_signals(discover_detectors()))
    stack = Stack(settings, fresh=True, announce=screen.announce)
    with ThreadPoolExecutor(1) as pool:
        # Texts are read while the servers start.
        made = pool.submit(Traffic, plan.rate, plan.seed, plan.data, plan.seconds)
        stack.start()
    with _stopping(stack):
        traffic = made.result()
        feed = Feed(stack.settings.kafka)
        feed.start()
        traffic.start(stack.settings)
        figures = Figures(connect_by(stack.settings.clickhouse), monitors)
        showing = _Showing(
            stack=stack,
            traffic=traffic,
            feed=feed,
            figures=figures,
            screen=screen,
            started=started,
        )
        try:
            showing.while_sending()
        except KeyboardInterrupt:
            screen.announce("ending: what is under way is brought home, Ctrl-C again for at once")
        traffic.stop()
        showing.until_all_arrived()
        feed.stop()
        return summarise(
            totals=traffic.totals,
            counts=showing.counts,
            told=feed.alerts,
            staged=traffic.faults,
            ready_after=showing.ready_after,
            first_figures_after=showing.first_figures_after,
            window_delay=feed.window_delay(),
            error=traffic.error,
        )


@contextmanager
def _stopping(stack: Stack) -> Iterator[None]:
    try:
        yield
    finally:
        stack.stop()


class _Showing:
    """Asks for figures about every second and shows them."""

    def __init__(
        self,
        *,
        stack: Stack,
        traffic: Traffic,
        feed: Feed,
        figures: Figures,
        screen: Screen,
        started: float,
    ) -> None:
        self._stack = stack
        self._traffic = traffic
        self._feed = feed
        self._figures = figures
        self._screen = screen
        self._started = started
        self._sent = Rate()
        self._scored = Rate()
        self.counts = _NONE
        self.ready_after: float | None = None
        self.first_figures_after: float | None = None

    def while_sending(self) -> None:
        """Until the traffic has ended."""
        while self._traffic.sending:
            self._look("")

    def until_all_arrived(self) -> None:
        """Until ClickHouse holds all that was sent, or nothing more comes."""
        progressed = time.monotonic()
        before = self.counts
        while not self._all_arrived() and time.monotonic() - progressed < STALLED_SECONDS:
            self._look("traffic has ended; the last windows close")
            if self.counts[:4] != before[:4]:
                progressed, before = time.monotonic(), self.counts

    def _all_arrived(self) -> bool:
        totals = self._traffic.totals
        return (
            self.counts.events >= totals.events
            and self.counts.in_windows >= totals.events
            and sum(self.counts.dead_letters.values()) >= totals.bad
        )

    def _look(self, phase: str) -> None:
        began = time.monotonic()
        self.counts = self._figures.counts() or self.counts
        applications = self._figures.applications()
        took = time.monotonic() - began
        if self.ready_after is None and not any(map(self._stack.problem, PROCESSES)):
            self.ready_after = time.monotonic() - self._started
        if self.first_figures_after is None and self.counts.rows:
            self.first_figures_after = time.monotonic() - self._started
        now = time.time()
        totals = self._traffic.totals
        self._screen.show(
            Snapshot(
                elapsed=now - (self._traffic.began or now),
                sent=totals.events,
                sent_rate=self._sent.of(totals.events, now),
                scored=self.counts.events,
                scored_rate=self._scored.of(self.counts.events, now),
                scored_within=self.counts.delay,
                window_delay=self._feed.window_delay(),
                copies=totals.copies,
                bad=totals.bad,
                dead_letters=self.counts.dead_letters,
                applications=applications,
                faults=self._traffic.active(now),
                alerts=while_sending(self._feed.alerts, totals) if phase else self._feed.alerts,
                phase=phase,
            )
        )
        # Counting costs more the longer it runs: it takes half of ClickHouse's time at most.
        time.sleep(max(1.0 - took, took))
