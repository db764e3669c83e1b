"""Drift monitors: documents to monitors, and what is told of those that cannot run."""

import pytest
from msgspec import Raw

from detectors.summaries import FlagCounts, encode_summary
from detectors.watching.tiers import PAST_TIERS
from schemas.monitors.load import load_monitors
from schemas.monitors.resolve_drift_reference import KEPT_SECONDS
from schemas.references import Reference, ReferenceBlock, decode_reference, encode_reference
from schemas.signals import Signal

SIGNALS = [
    Signal(name="latency", kind="amount", unit="s", description="Latency."),
    Signal(name="error", kind="flag", description="Error."),
    Signal(name="topic", kind="category", description="Topic."),
]
DOCUMENT = """
apiVersion: tidewatch/v1
kind: DriftMonitor
metadata: {name: drift}
spec: {service: shop, severity: ticket, SPEC}
"""
USUAL = {
    "signals": "[latency]",
    "reference": "{trailing: 16h}",
    "windows": "[10m, 1h]",
}
FLAG = Raw(encode_summary(FlagCounts(10, 1)))


def reference(blocks: int = 12, events: int = 20) -> Reference:
    found = [ReferenceBlock(600 * n, events, {"error": FLAG}) for n in range(blocks)]
    return Reference(
        name="r",
        origin="test",
        begin=0,
        end=600 * blocks,
        block_seconds=600,
        segments={'{"service_name":"shop"}': found},
    )


REFERENCE = reference()


def loaded(**spec: str) -> tuple[list[str], tuple]:
    text = ", ".join(f"{name}: {value}" for name, value in (USUAL | spec).items())
    files = {
        "good": encode_reference(REFERENCE),
        "bad": b"hello",
        "cut": encode_reference(REFERENCE)[:40],
        "short": encode_reference(reference(blocks=11)),
        "thin": encode_reference(reference(events=16)),
    }

    def read(path: str) -> Reference:
        if path not in files:
            raise FileNotFoundError(2, "No such file", path)
        return decode_reference(files[path])

    sources = {"m.yaml": DOCUMENT.replace("SPEC", text)}
    result = load_monitors(sources, signals=SIGNALS, resolve_secret=str, read_reference=read)
    return [f"{p.path}: {p.message}" for p in result.problems], result.monitors.monitors


def test_a_monitor() -> None:
    problems, (monitor,) = loaded(falseAlarms="2 per 60d", minimumEffect="10%", signals="['*']")
    assert not problems
    assert monitor.windows_seconds == (600, 3600)
    assert (monitor.trailing_seconds, monitor.interval_seconds) == (16 * 3600, 600)
    assert (monitor.false_alarm_seconds, monitor.minimum_effect) == (30 * 86400, 0.1)
    assert [signal.name for signal in monitor.signals] == ["latency", "error", "topic"]


def test_a_reference_file_says_what_can_be_watched() -> None:
    problems, (monitor,) = loaded(reference="{file: good}", signals="['*']")
    assert not problems
    assert [signal.name for signal in monitor.signals] == ["error"]
    assert monitor.reference == REFERENCE == decode_reference(encode_reference(REFERENCE))


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"signals": "[latncy]"},
            "unknown signal 'latncy'; did you mean 'latency'?",
        ),
        ({"signals": "[latency]", "reference": "{file: good}"}, "the reference has no 'latency'"),
        ({"reference": "{file: gone}"}, "gone cannot be read: No such file"),
        ({"reference": "{file: bad}"}, "no reference: make one with"),
        ({"reference": "{file: cut}"}, "the reference is damaged"),
        ({"reference": "{}"}, "needs 'trailing' or 'file'"),
        ({"reference": "{trailing: 1h, file: good}"}, "needs 'trailing' or 'file'"),
        ({"reference": "{trailing: 30m}"}, "is too short"),
        ({"reference": "{trailing: 90d}", "windows": "[1d]"}, "is longer than 31d"),
        ({"reference": "{trailing: 31d}", "windows": "[30m]"}, "is shorter than the blocks of 1h"),
        ({"reference": "{trailing: 31d}", "windows": "[2h, 8d]"}, "than the blocks of 1d"),
        ({"windows": "[1m, 1h]"}, "1m is shorter than the blocks of 10m"),
        ({"falseAlarms": "often"}, "is not a rate"),
        ({"falseAlarms": "9 per 1h"}, "at most one an hour"),
        ({"minimumEffect": "200%"}, "is not a share"),
        ({"method": "relation", "signals": "[topic]"}, "spec.strata: is required"),
        ({"strata": "topic"}, "only the method 'relation'"),
        ({"reference": "{trailing: 16h, release: '7'}"}, "put service_version into spec.by"),
        ({"reference": "{file: good, restartsAfter: [model]}"}, "a file never changes by itself"),
        ({"reference": "{trailing: 16h, restartsAfter: [weather]}"}, "is not one of release, "),
        (
            {
                "method": "adwin",
                "signals": "[error]",
                "reference": "{trailing: 16h, restartsAfter: [model]}",
            },
            "'adwin' looks at all of the past",
        ),
        (
            {"reference": "{file: good, whenThin: parent}", "signals": "[error]"},
            "of a file the nearest parent always stands in",
        ),
        (
            {"reference": "{trailing: 16h, release: '7', whenThin: parent}"},
            "spec.reference.whenThin: with 'release' it is that release's past",
        ),
        ({"reference": "{trailing: 16h, whenThin: sibling}"}, "spec.reference.whenThin: "),
        ({"family": "All of them"}, "spec.family: "),
        ({"method": "correlation", "windows": "[4h]"}, "is of two signals or more"),
        (
            {"method": "correlation", "signals": "[latency, error]", "windows": "[1h]"},
            "1h is too short: a correlation needs 20 blocks of 10m",
        ),
        (
            {"method": "seasonal", "reference": "{trailing: 2d}"},
            "2d is too short: a season of 1d is learned from 3 of them, so it takes 3d",
        ),
        (
            {"method": "seasonal", "reference": "{trailing: 10d}", "season": "90m"},
            "spec.season: 90m is no multiple of the blocks of 1h",
        ),
        ({"method": "adwin", "signals": "[topic]"}, "'topic' is a category, which 'adwin'"),
        ({"method": "relation", "strata": "topic"}, "'latency' is an amount, which 'relation'"),
        ({"method": "kswin", "reference": "{file: good}"}, "'kswin' looks at 'trailing' time"),
    ],
)
def test_what_cannot_run_is_told(spec: dict[str, str], told: str) -> None:
    problems, monitors = loaded(**spec)
    assert any(told in problem for problem in problems), problems
    assert not monitors


def test_releases_and_changes_begin_a_reference() -> None:
    problems, (monitor,) = loaded(
        reference="{trailing: 16h, release: '7', restartsAfter: [release, model]}",
        by="[service_version]",
    )
    assert not problems
    assert monitor.reference_release == "7"
    assert monitor.restarts_after == ("release", "model")


def test_a_parent_stands_in_where_that_is_said() -> None:
    problems, (monitor,) = loaded(reference="{trailing: 16h, whenThin: parent}", by="[use_case]")
    assert not problems
    assert monitor.parent_when_thin
    assert not loaded()[1][0].parent_when_thin


def test_a_family_bears_one_rate_of_false_alarms() -> None:
    texts = {
        f"{name}.yaml": DOCUMENT.replace("name: drift", f"name: {name}").replace(
            "SPEC",
            "signals: [latency], reference: {trailing: 16h}, windows: [10m, 1h], family: quality, "
            f"falseAlarms: {rate}",
        )
        for name, rate in (("a", "1 per 30d"), ("b", "2 per 60d"), ("c", "1 per 7d"))
    }
    result = load_monitors(texts, signals=SIGNALS, resolve_secret=str)
    assert [str(problem) for problem in result.problems] == [
        "c.yaml: spec.falseAlarms: is another rate than that of 'a': the family 'quality' bears "
        "them together (DriftMonitor c, line 5)"
    ]
    assert [each.name for each in result.monitors.monitors] == ["a", "b"]
    assert {each.family for each in result.monitors.monitors} == {"quality"}


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"reference": "{file: short}"},
            "short has 11 blocks of 10m and it takes 12: build it of a longer time, or with a "
            "shorter --block",
        ),
        (
            {"reference": "{file: good}", "windows": "[10m, 2h]"},
            "good has 12 blocks of 10m and it takes 24: build it of a longer time",
        ),
        (
            {"reference": "{file: thin}"},
            "thin has 192 events and it takes 200: build it of a longer time",
        ),
    ],
)
def test_a_file_too_small_for_a_verdict_is_warned_of(spec: dict[str, str], told: str) -> None:
    problems, (monitor,) = loaded(**spec, signals="['*']")
    assert problems == [f"spec.reference.file: there is never a verdict: {told}"]
    assert monitor.reference is not None


def test_an_unknown_segment_is_told() -> None:
    problems, _ = loaded(reference="{file: good}", signals="['*']", segment="{use_case: x}")
    assert any("has nothing of" in problem for problem in problems), problems


def test_watch_keeps_what_references_need() -> None:
    assert {tier: kept for tier, kept in PAST_TIERS.items() if tier in KEPT_SECONDS} == KEPT_SECONDS
