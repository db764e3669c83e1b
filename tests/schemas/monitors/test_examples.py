"""The example folder is sound, and covers what it says it covers."""

from pathlib import Path

from detectors.discovery import all_signals, discover_detectors
from schemas.monitors.load import load_monitors
from schemas.monitors.resolved import (
    BurnRateMonitor,
    ComparisonMonitor,
    DriftMonitor,
    NoDataMonitor,
    ThresholdMonitor,
)
from schemas.monitors.secrets import secret_resolver
from tests.schemas.monitors.loading import read_nothing

EXAMPLES = Path(__file__).parents[3] / "examples" / "monitors"
SIGNALS = all_signals(discover_detectors())
SERVICES = {"support-assistant", "shop-search", "code-helper", "travel-planner"}


def sources() -> dict[str, str]:
    return {path.name: path.read_text() for path in EXAMPLES.glob("*.yaml")}


def test_the_examples_have_no_problems() -> None:
    result = load_monitors(
        sources(), signals=SIGNALS, resolve_secret=secret_resolver({}, read_nothing)
    )
    assert result.problems == []
    monitors = result.monitors.monitors
    objectives = [m for m in monitors if isinstance(m, BurnRateMonitor)]
    assert {(m.name, m.target) for m in objectives} >= {
        ("availability", 0.995),
        ("support-assistant-latency", 0.95),
    }
    thresholds = [m for m in monitors if isinstance(m, ThresholdMonitor)]
    assert all(m.resolve_upper != m.upper or m.keep_firing_seconds == 900 for m in thresholds)
    assert {type(m) for m in monitors} >= {DriftMonitor, ComparisonMonitor}
    silences = [m for m in monitors if isinstance(m, NoDataMonitor)]
    assert {m.segment["service_name"] for m in silences} == SERVICES
    assert [r.name for r in result.monitors.receivers] == ["console"]


def test_the_receivers_in_comments_are_sound_too() -> None:
    texts = sources()
    lines = texts["receivers.yaml"].split("\n---\n")[1].splitlines()
    texts["receivers.yaml"] += "\n---\n" + "\n".join(line[2:] for line in lines[2:])
    resolve = secret_resolver({"CHAT_URL": "slack://a/b/c"}, lambda path: "s3cr3t")
    result = load_monitors(texts, signals=SIGNALS, resolve_secret=resolve)
    assert result.problems == []
    assert [r.type for r in result.monitors.receivers] == [
        "console",
        "alertmanager",
        "apprise",
        "webhook",
    ]
