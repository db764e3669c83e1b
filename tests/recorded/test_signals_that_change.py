"""Signals that are renamed or change their kind between releases, in panes and windows."""

from typing import Any

import msgspec
from msgspec import Raw

from detectors.summaries import Distribution, FlagCounts, Summary, decode_summary, encode_summary
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.monitors.load import load_monitors
from schemas.monitors.resolved import MonitorSet, ThresholdMonitor
from schemas.panes import PaneBatch
from schemas.signals import Signal
from schemas.windows import Window
from tests.recorded.samples import START, pane

OLD, NEW = "response.refusal", "response.refused"


def panes(first: int, last: int, **signals: Summary) -> PaneBatch:
    raw = {name.replace("_", "."): Raw(encode_summary(each)) for name, each in signals.items()}
    found = [msgspec.structs.replace(pane(second), signals=raw) for second in range(first, last)]
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": float(START + last)},
        panes=found,
    )


def run(signal: str, *batches: PaneBatch) -> tuple[dict[int, Window], list[Any]]:
    """Minutes that closed, by start, and alerts."""
    monitor = ThresholdMonitor(
        name="refusals",
        segmentation=("service_name",),
        signal=signal,
        statistic="rate",
        window_seconds=60,
        severity="page",
        upper=0.2,
        resolve_upper=0.2,
    )
    watcher = Watcher(MonitorSet(monitors=(monitor,)), WatchSettings())
    windows: dict[int, Window] = {}
    alerts: list[Any] = []
    for offset, batch in enumerate(batches):
        step = watcher.apply(batch, offset, told_at=offset + 1.0)
        windows |= {w.start: w for w in step.windows if w.resolution_seconds == 60}
        alerts += step.alerts
    return windows, alerts


def test_a_renamed_signal_is_in_windows_under_the_name_it_had() -> None:
    """Old workers and new ones run side by side while an upgrade lasts."""
    windows, alerts = run(
        NEW,
        panes(0, 30, response_refusal=FlagCounts(4, 0)),
        panes(30, 200, response_refused=FlagCounts(4, 4)),
    )
    first = windows[START]
    assert decode_summary(first.signals[OLD]) == FlagCounts(120, 0)
    assert decode_summary(first.signals[NEW]) == FlagCounts(120, 120)
    assert OLD not in windows[START + 60].signals
    # The monitor that names the new one counts from the new one's first event on.
    assert [alert.state for alert in alerts] == ["firing"]


def test_a_monitor_that_names_the_old_one_is_refused_with_what_to_do() -> None:
    document = f"""
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {{name: refusals}}
spec: {{signal: {OLD}, statistic: rate, window: 1m, upper: 0.2, severity: page}}
"""
    signals = [Signal(name=NEW, kind="flag", description="Whether the model refused.")]
    found = load_monitors({"m.yaml": document}, signals=signals, resolve_secret=lambda text: text)
    assert not found.monitors.monitors
    (problem,) = (each for each in found.problems if each.severity == "error")
    assert OLD in problem.message
    assert f"did you mean {NEW!r}" in problem.message


def test_a_signal_that_changes_its_kind_does_not_stop_the_watch() -> None:
    windows, _ = run(
        "latency",
        panes(0, 30, response_refusal=FlagCounts(4, 0)),
        panes(30, 130, response_refusal=Distribution.empty().observe([1.0])),
    )
    newest = decode_summary(windows[START].signals[OLD])
    assert isinstance(newest, Distribution)
    assert newest.count == 30
