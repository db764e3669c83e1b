"""A game day itself: quiet hours once a seed, then each fault from the same state on."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from detectors.scoring import Scoring
from detectors.watching.offline import apply_panes
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.changes import Change
from schemas.events import InferenceEvent
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane
from streams.backtest.outcomes import Incident, belongs_to, is_alarm
from streams.gameday.results import Quiet, Result, result_of
from streams.gameday.scenarios import Scenario
from streams.gameday.traffic import Slices, copied
from streams.replay.faults import Faults
from streams.replay.simulated import Chunk, Source
from streams.simulate.run import BATCH_EVENTS

Progress = Callable[[str], None]


class Schedule(Struct, frozen=True, kw_only=True):
    """Lengths in seconds of event time.

    ``lead`` is quiet traffic before anything goes wrong: what references need; ``fault`` how long
    a fault lasts, ``after`` how long it is watched for afterwards; ``slice`` how much is scored
    at once.
    """

    lead: int = 3 * 3600
    fault: int = 1800
    after: int = 600
    slice: int = 60


class Run:
    """A watcher fed with scored traffic, in event time, as ``tidewatch simulate`` does it."""

    def __init__(
        self,
        scoring: Scoring,
        monitors: MonitorSet,
        pane_seconds: int,
        state: Iterable[tuple[str, bytes]] = (),
        changes: Sequence[Change] = (),
    ) -> None:
        self._scoring = scoring
        self._pane_seconds = pane_seconds
        units = {signal.name: signal.unit for signal in scoring.signals}
        self._watcher = Watcher(monitors, WatchSettings(units=units), state)
        self.state = dict(state)
        self.changes = list(changes)
        self.alerts: list[Alert] = []
        self.events = 0

    def feed(self, slices: Iterable[tuple[int, Chunk]]) -> None:
        """All that happens in these stretches, each with its end."""
        waiting: list[tuple[int, Chunk]] = []
        events: list[InferenceEvent] = []
        for end, chunk in slices:
            waiting.append((end, chunk))
            events += [row.event for row in chunk.rows]
            if len(events) >= BATCH_EVENTS:
                self._watch(waiting, events)
                waiting, events = [], []
        if waiting:
            self._watch(waiting, events)

    def _watch(self, slices: list[tuple[int, Chunk]], events: list[InferenceEvent]) -> None:
        """Score the events together, which costs far less, and watch stretch after stretch."""
        panes = self._scoring.panes(self._scoring.score(events)) if events else []
        ends = [end for end, _ in slices]
        by_end: dict[int, list[Pane]] = {}
        for pane in panes:
            by_end.setdefault(ends[bisect_right(ends, pane.start)], []).append(pane)
        for end, chunk in slices:
            self.changes += chunk.changes
            self._keep(
                apply_panes(
                    self._watcher,
                    by_end.get(end, []),
                    float(end),
                    pane_seconds=self._pane_seconds,
                    changes=self.changes,
                )
            )
        self.events += len(events)

    @property
    def undecided(self) -> set[str]:
        """The monitors that had no verdict on any segment."""
        return set(self._watcher.never_decided)

    def _keep(self, step: Step) -> None:
        self.alerts += step.alerts
        for key, value in step.puts.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value


def play(
    source: Source,
    scenarios: Sequence[Scenario],
    scoring: Scoring,
    monitors: MonitorSet,
    schedule: Schedule,
    *,
    seed: int,
    pane_seconds: int,
    progress: Progress = lambda _: None,
) -> tuple[list[Result], set[str]]:
    """Every fault on the same traffic: what was noticed, how soon, and how it was explained.

    With it, the monitors that had no verdict at any time: what they would have noticed is not told.

    Deterministic. All faults start from the state that the quiet hours left, so each meets
    references that have seen none of the others.
    """
    slices = Slices(source, schedule.slice)
    begin = slices.start
    progress(f"seed {seed}: quiet hours")
    lead = Run(scoring, monitors, pane_seconds)
    lead.feed(slices.until(begin + schedule.lead))
    start = slices.start
    rest = list(slices.until(start + schedule.fault + schedule.after))
    found, undecided = [], lead.undecided
    for scenario in scenarios:
        progress(f"seed {seed}: {scenario.name}")
        run = Run(scoring, monitors, pane_seconds, list(lead.state.items()), lead.changes)
        faults = Faults([scenario.spec(0.0, schedule.fault)], float(start), seed)
        run.feed((end, faults.apply(copied(chunk))) for end, chunk in rest)
        (truth,) = faults.truths
        found.append(result_of(scenario, seed, truth, run.alerts, before=lead.alerts))
        undecided &= run.undecided
    return found, undecided


def play_quiet(
    source: Source,
    scoring: Scoring,
    monitors: MonitorSet,
    schedule: Schedule,
    *,
    days: float,
    pane_seconds: int,
    progress: Progress = lambda _: None,
) -> Quiet:
    """Traffic where nothing is injected: every alert after the quiet hours is a false one."""
    slices = Slices(source, schedule.slice)
    begin = slices.start + schedule.lead
    end = begin + int(days * 86400)
    run = Run(scoring, monitors, pane_seconds)
    while slices.start < end:
        progress(f"quiet: {max(slices.start - begin, 0) / 86400:.1f} of {days:g} days")
        run.feed(slices.until(min(slices.start + 6 * 3600, end)))
    since = Incident(start=datetime.fromtimestamp(begin, UTC))
    false = {
        alert.episode_id: alert
        for alert in reversed(run.alerts)
        if alert.state == "firing" and is_alarm(alert) and belongs_to(alert, [since]) is not None
    }
    return Quiet.of(days, run.events, list(false.values())[::-1])
