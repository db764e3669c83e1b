"""The columnar core: the same events give the same, however they come in batches."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.discovery import discover_detectors
from detectors.redaction import redact_column
from detectors.scoring import ScoredBatch, Scoring
from detectors.summaries import (
    Distribution,
    Summary,
    VectorSum,
    decode_summary,
    merge_examples,
    merge_signals,
)
from schemas.events import InferenceEvent
from schemas.monitors.conditions import All, Comparison
from schemas.monitors.resolved import Indicator
from schemas.panes import Example, Pane
from schemas.segments import OTHER, segment_key
from schemas.signals import Signal
from tests.events import START, make_event

INDICATORS = (
    Indicator(name="available", good=Comparison("availability", "=", True)),
    Indicator(
        name="fast",
        good=Comparison("latency", "<", 1.0),
        where=All(
            (
                Comparison("service_name", "=", "shop"),
                Comparison("labels.tenant", "!=", "c"),
            )
        ),
    ),
)
SEGMENTATIONS = ((), ("service_name",), ("service_name", "labels.tenant"), ("request_model",))
EVENTS = [make_event(number) for number in range(120)]


def make_scoring(detectors: Sequence[Detector] | None = None, **options: Any) -> Scoring:
    defaults: dict[str, Any] = {
        "segmentations": SEGMENTATIONS,
        "pane_seconds": 10,
        "segment_limit": 1000,
        "redact": redact_column,
        "excerpt_characters": 80,
    }
    found = discover_detectors() if detectors is None else detectors
    return Scoring(found, INDICATORS, **(defaults | options))


SCORING = make_scoring()
Merged = dict[tuple[int, str], tuple[int, dict[str, Summary], dict[str, list[Example]]]]


def merged(panes: Iterable[Pane]) -> Merged:
    """Panes by start and segment, parts merged."""
    found: Merged = {}
    for pane in panes:
        key = pane.start, segment_key(pane.segment)
        signals = {name: decode_summary(raw) for name, raw in pane.signals.items()}
        events, known, examples = found.get(key, (0, {}, {}))
        both = {
            name: merge_examples(examples.get(name, []), pane.examples.get(name, []))
            for name in examples.keys() | pane.examples.keys()
        }
        found[key] = events + pane.events, merge_signals(known, signals), both
    return found


def assert_same(left: Merged, right: Merged) -> None:
    """Equal, sums of floats to rounding."""
    assert left.keys() == right.keys()
    for key, (events, signals, examples) in left.items():
        assert right[key][0] == events
        assert right[key][2] == examples
        assert right[key][1].keys() == signals.keys()
        for name, summary in signals.items():
            other = right[key][1][name]
            if isinstance(summary, Distribution | VectorSum):
                pairs = zip(fields(summary), fields(other), strict=True)
                assert all(a == b or a == pytest.approx(b, rel=1e-9) for a, b in pairs), name
            else:
                assert summary == other, name


def fields(summary: Summary) -> list[Any]:
    return [getattr(summary, name) for name in summary.__struct_fields__]


@cache
def whole() -> ScoredBatch:
    """All events, scored in one batch."""
    return SCORING.score(EVENTS)


@cache
def whole_panes() -> Merged:
    """The panes of that batch."""
    return merged(SCORING.panes(whole()))


@settings(max_examples=12, deadline=None)
@given(
    order=st.permutations(range(len(EVENTS))),
    cuts=st.lists(st.integers(0, len(EVENTS)), max_size=8),
)
def test_batches_of_any_size_and_order_give_the_same(order: list[int], cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(EVENTS)]
    frames, panes = [], []
    for begin, end in pairwise(edges):
        scored = SCORING.score([EVENTS[number] for number in order[begin:end]])
        frames.append(scored.signals)
        panes += SCORING.panes(scored)
    together = pl.concat(frames)
    assert_frame_equal(together, whole().signals[order], check_exact=True)
    assert_same(merged(panes), whole_panes())


def test_partitions_interleave_as_they_like() -> None:
    """What one partition brings first, another brings last: merged it is the same."""
    rng = random.Random(3)
    partitions = [[e for n, e in enumerate(EVENTS) if n % 3 == p] for p in range(3)]
    panes: list[Pane] = []
    while any(partitions):
        partition = rng.choice([p for p in partitions if p])
        taken = [partition.pop(0) for _ in range(min(len(partition), rng.randrange(1, 9)))]
        panes += SCORING.panes(SCORING.score(taken))
    assert_same(merged(panes), whole_panes())


def test_every_segmentation_holds_every_event_once() -> None:
    total: dict[tuple[str, ...], int] = {}
    for pane in SCORING.panes(whole()):
        key = tuple(sorted(pane.segment))
        total[key] = total.get(key, 0) + pane.events
    assert total == {tuple(sorted(each)): len(EVENTS) for each in SEGMENTATIONS}


def test_indicators_are_signals_and_known_only_where_they_apply() -> None:
    assert {"sli.available", "sli.fast"} <= set(whole().signals.columns)
    for event, fast in zip(EVENTS, whole().signals["sli.fast"], strict=True):
        tenant = event.labels.get("tenant")
        if event.service_name == "shop" and tenant in {"a", "b"} and event.latency_seconds:
            assert fast is (event.latency_seconds < 1.0)
        elif event.service_name != "shop" or tenant == "c":
            assert fast is None


def test_no_events_no_panes() -> None:
    scored = SCORING.score([])
    assert scored.signals.columns == [signal.name for signal in SCORING.signals]
    assert SCORING.panes(scored) == []


def test_excerpts_are_redacted_and_cut() -> None:
    scored = SCORING.score(
        [
            make_event(
                1,
                prompt="mail ann@example.org " + "x" * 500,
                response="+49 30 1234567",
                status="error",
                error_type="timeout",
            )
        ]
    )
    examples = [e for pane in SCORING.panes(scored) for e in pane.examples["sli.available = false"]]
    assert {len(e.prompt_excerpt) for e in examples} == {80}
    assert {e.prompt_excerpt[:13] for e in examples} == {"mail <EMAIL> "}
    assert {e.response_excerpt for e in examples} == {"<PHONE>"}


@pytest.mark.parametrize("before", range(60, 82))
def test_a_cut_through_personal_data_shows_nothing_of_it(before: int) -> None:
    address = "q" * 64 + "@" + "r" * 62 + ".example.org"
    failed = {"status": "error", "error_type": "timeout", "prompt": "- " * (before // 2) + address}
    panes = SCORING.panes(SCORING.score([make_event(1, **failed)]))
    excerpts = [e.prompt_excerpt for pane in panes for e in pane.examples["sli.available = false"]]
    assert excerpts
    assert not any("q" in excerpt for excerpt in excerpts)


def test_no_excerpts_when_they_are_off() -> None:
    scoring = make_scoring(excerpt_characters=0)
    panes = scoring.panes(scoring.score(EVENTS))
    found = [e for pane in panes for each in pane.examples.values() for e in each]
    assert found
    assert {(e.prompt_excerpt, e.response_excerpt) for e in found} == {("", "")}


def test_segments_beyond_the_limit_are_other() -> None:
    events = [make_event(n, labels={"tenant": str(n)}, time=START) for n in range(100)]
    scoring = make_scoring(segmentations=[("labels.tenant",)], segment_limit=10)
    panes = {p.segment["labels.tenant"]: p.events for p in scoring.panes(scoring.score(events))}
    assert len(panes) == 11
    assert panes[OTHER] == 90


class _Failing:
    name = "failing"
    version = "1"
    signals = (Signal(name="lost", kind="amount", description="Never known."),)

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        raise OSError("ann@example.org")


def test_a_failing_detector_leaves_the_others_alone() -> None:
    scoring = make_scoring([*discover_detectors(), _Failing()])
    told: list[Any] = []
    scored = scoring.score(EVENTS, told.append)
    assert [failure.detector for failure in told] == ["failing"]
    assert scored.signals["lost"].null_count() == len(EVENTS)
    assert_frame_equal(scored.signals.drop("lost"), whole().signals)
    assert "lost" not in {name for pane in scoring.panes(scored) for name in pane.signals}


def test_a_signal_named_like_a_dimension_is_refused() -> None:
    failing = _Failing()
    failing.signals = (Signal(name="use_case", kind="category", description="Taken."),)
    with pytest.raises(ValueError, match="use_case"):
        make_scoring([failing])


def test_times_on_the_edge_of_a_pane_belong_to_the_one_that_begins() -> None:
    def start_of(event: InferenceEvent) -> int:
        (start,) = {pane.start for pane in SCORING.panes(SCORING.score([event]))}
        return start

    edge = int(START.timestamp())
    assert start_of(make_event(1, time=START)) == edge
    assert start_of(make_event(1, time=START - timedelta(microseconds=1))) == edge - 10
