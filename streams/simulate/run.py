"""A file of events through the same scoring, panes, windows and monitors as in production."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from detectors.scoring import Scoring
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.monitors.resolved import MonitorSet
from schemas.panes import PaneBatch
from streams.simulate.reader import EventFile, Refusal
from streams.simulate.tables import TableFormat, TableWriter, alert_rows, window_rows

BATCH_EVENTS = 5_000


@dataclass(slots=True)
class Summary:
    """What a simulation did."""

    events: int = 0
    duplicates: int = 0
    windows: int = 0
    alerts: list[Alert] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def simulate(
    events: EventFile,
    scoring: Scoring,
    monitors: MonitorSet,
    *,
    pane_seconds: int,
    out: Path,
    table_format: TableFormat,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Score a file in event time and write ``signals``, ``windows`` and ``alerts`` to ``out``.

    The result depends on the events alone: not on their order in the file, nor on the clock.
    ``progress`` is told events done and events in all.

    Raises
    ------
    OSError
        ``out`` cannot be written.
    """
    watcher = Watcher(monitors, WatchSettings())
    summary = Summary(duplicates=events.duplicates, refusals=events.refusals)
    tables = {name: TableWriter(out, name, table_format) for name in ("signals", "windows")}
    offset = 0
    newest = 0.0
    try:
        tables["windows"].write(window_rows([]))
        for batch in events.batches(BATCH_EVENTS):
            scored = scoring.score(batch)
            identity = scored.batch.frame.select("event_id", "time", "service_name")
            fields = [name for name in scored.signals.columns if name not in identity.columns]
            tables["signals"].write(identity.hstack(scored.signals.select(fields)))
            # Events come in the order of time: all before the newest one has been seen.
            newest = batch[-1].time.timestamp()
            step = watcher.apply(
                PaneBatch(
                    worker="simulate",
                    pane_seconds=pane_seconds,
                    complete_until={"file/0": newest},
                    panes=scoring.panes(scored),
                    newest_event=newest,
                ),
                offset,
            )
            offset += 1
            summary.events += len(batch)
            summary.windows += len(step.windows)
            summary.alerts += step.alerts
            tables["windows"].write(window_rows(step.windows))
            progress(summary.events, len(events))
        last = watcher.finish()
        summary.windows += len(last.windows)
        summary.alerts += last.alerts
        tables["windows"].write(window_rows(last.windows))
        tables["alerts"] = TableWriter(out, "alerts", table_format)
        tables["alerts"].write(alert_rows(summary.alerts))
    finally:
        for table in tables.values():
            table.close()
    summary.files = [table.path for table in tables.values()]
    return summary
