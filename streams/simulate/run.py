"""A file of events through the same scoring, panes, windows and monitors as in production."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detectors.scoring import ScoredBatch, Scoring
from detectors.watching.offline import apply_panes
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.changes import Change
from schemas.feedback import Feedback
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane
from schemas.segments import segment_key
from schemas.signals import Signal
from schemas.windows import Window
from streams.simulate.feedback import Joining
from streams.simulate.reader import EventFile, Refusal
from streams.simulate.tables import TableFormat, TableWriter, alert_rows, window_rows

BATCH_EVENTS = 5_000
BATCH_WINDOWS = 2_000


@dataclass(slots=True)
class Summary:
    """What a simulation did."""

    events: int = 0
    duplicates: int = 0
    feedback: int = 0
    unmatched: int = 0
    windows: int = 0
    alerts: list[Alert] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    never_decided: list[str] = field(default_factory=list)


def simulate(
    events: EventFile,
    scoring: Scoring,
    monitors: MonitorSet,
    *,
    pane_seconds: int,
    out: Path,
    table_format: TableFormat,
    feedback: Sequence[Feedback] = (),
    changes: Sequence[Change] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Score a file in event time and write ``signals``, ``windows`` and ``alerts`` to ``out``.

    The result depends on the events, the ``feedback`` on them (each once, in the order of time) and
    the ``changes`` alone: not on their order in the file, nor on the clock. ``progress`` is told
    events done and events in all.

    Raises
    ------
    OSError
        ``out`` cannot be written.
    """
    units = {signal.name: signal.unit for signal in scoring.signals}
    watcher = Watcher(monitors, WatchSettings(units=units))
    summary = Summary(duplicates=events.duplicates, refusals=events.refusals)
    joining = Joining(feedback, scoring)
    tables = {name: TableWriter(out, name, table_format) for name in ("signals", "windows")}

    def tell(step: Step) -> None:
        summary.windows += len(step.windows)
        summary.alerts += step.alerts
        found = sorted(step.windows, key=_closing)
        # Sparse traffic has many windows an event, and each a row a signal.
        for start in range(0, len(found), BATCH_WINDOWS):
            tables["windows"].write(window_rows(found[start : start + BATCH_WINDOWS]))

    def apply(panes: list[Pane], until: float) -> None:
        known = [change for change in changes if change.time.timestamp() <= until]
        tell(apply_panes(watcher, panes, until, pane_seconds=pane_seconds, changes=known))

    try:
        # Empty tables have their columns too.
        tables["signals"].write(_signal_rows(scoring.score([]), scoring.signals))
        tables["windows"].write(window_rows([]))
        newest = 0.0
        for batch in events.batches(BATCH_EVENTS):
            scored = scoring.score(batch)
            tables["signals"].write(_signal_rows(scored, scoring.signals))
            # Events come in the order of time: all before the newest one has been seen.
            newest = batch[-1].time.timestamp()
            joining.note(scored)
            apply([*scoring.panes(scored), *joining.until(newest)], newest)
            summary.events += len(batch)
            progress(summary.events, len(events))
        for panes, newest in joining.rest():
            apply(panes, newest)
        summary.feedback, summary.unmatched = joining.joined, joining.unmatched
        if summary.events:
            apply([], (newest // pane_seconds + 1) * pane_seconds)
        tell(watcher.finish())
        summary.never_decided = watcher.never_decided
        tables["alerts"] = TableWriter(out, "alerts", table_format)
        tables["alerts"].write(alert_rows(summary.alerts))
    finally:
        for table in tables.values():
            table.close()
    summary.files = [table.path for table in tables.values()]
    return summary


def _signal_rows(scored: ScoredBatch, declared: Sequence[Signal]) -> pl.DataFrame:
    """A row an event: which one it is, then its signals."""
    identity = scored.batch.select(("event_id", "time", "service_name"))
    stored = [signal.name for signal in declared if signal.stored]
    fields = [name for name in stored if name not in identity.columns]
    return identity.hstack(scored.signals.select(fields))


def _closing(window: Window) -> tuple[int, int, str]:
    """Windows in the order in which they end."""
    end = window.start + window.resolution_seconds
    return end, window.resolution_seconds, segment_key(window.segment)
