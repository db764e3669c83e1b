"""The page about operations lists what there is."""

from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry

from streams.cli.exits import MEANINGS
from streams.feedback.metrics import FeedbackMetrics
from streams.notify.metrics import NotifyMetrics
from streams.score.metrics import ScoreMetrics
from streams.settings import HttpSettings
from streams.sink.metrics import SinkMetrics
from streams.stack import PROCESSES
from streams.watch.metrics import WatchMetrics

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
METRICS: tuple[Callable[[CollectorRegistry], object], ...] = (
    ScoreMetrics,
    FeedbackMetrics,
    WatchMetrics,
    SinkMetrics,
    NotifyMetrics,
)


def rows() -> Iterator[str]:
    """The rows that the table of metrics must have."""
    for make in METRICS:
        registry = CollectorRegistry()
        collectors = vars(make(registry)).values()
        labels = {c._name: c._labelnames for c in collectors if hasattr(c, "_labelnames")}
        for family in registry.collect():
            told = ", ".join(f"`{label}`" for label in labels[family.name])
            yield f"| `{family.name}` | {family.type} | {told} | {family.documentation} |"


def test_every_metric_is_listed_as_it_is() -> None:
    told = {line for line in PAGE.splitlines() if line.startswith("| `tidewatch_")}

    assert told == set(rows())


def test_every_exit_code_is_listed() -> None:
    for code, meaning in MEANINGS.items():
        assert f"| {code} | {meaning} |" in PAGE


def test_every_process_is_listed() -> None:
    for name in PROCESSES:
        assert f"| `tidewatch {name}` |" in PAGE
        assert f"{name}_port" in HttpSettings.model_fields
