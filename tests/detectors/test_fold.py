from collections.abc import Iterable
from itertools import pairwise

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.fold import fold
from detectors.summaries import (
    USERS,
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    decode_summary,
    merge_examples,
    merge_signals,
    summary_for,
)
from detectors.summaries.hashing import stable_hash
from schemas.monitors.conditions import Comparison
from schemas.panes import Example, Pane
from schemas.segments import OTHER, Segmentation, segment_key
from schemas.signals import Signal

SIGNALS = (
    Signal(name="prompt.words", kind="amount", description="Whole numbers."),
    Signal(name="change", kind="amount", description="Numbers of either sign."),
    Signal(name="toxicity", kind="score", description="A score."),
    Signal(name="refusal", kind="flag", description="A flag."),
    Signal(name="sli.fast", kind="flag", source="objective", description="An objective."),
    Signal(name="finish_reason", kind="category", description="A category."),
    Signal(name="embedding", kind="vector", description="A vector."),
    Signal(name="never", kind="score", description="Never known."),
)
SEGMENTATIONS: tuple[Segmentation, ...] = (
    (),
    ("service_name",),
    ("request_model", "service_name"),
    ("labels.tenant",),
)
BAD_EVENTS = (
    Comparison(name="sli.fast", operator="=", value=False),
    Comparison(name="toxicity", operator=">", value=0.6),
    Comparison(name="refusal", operator="=", value=True),
    Comparison(name="never", operator=">", value=0.5),
    Comparison(name="not a signal", operator="=", value=True),
)
EPOCH_US = 1_760_000_000_000_000


def events(count: int, seed: int, *, services: int = 3, seconds: float = 25) -> pl.DataFrame:
    """Events with something of everything, nulls too."""
    rng = np.random.default_rng(seed)

    def some(values: Iterable[object], share: float = 0.8) -> list[object]:
        return [v if keep else None for v, keep in zip(values, rng.random(count) < share)]  # noqa: B905

    vectors = rng.normal(size=(count, 4)).astype(np.float32).tolist()
    times = EPOCH_US + (rng.random(count) * seconds * 1e6).astype(np.int64)
    return pl.DataFrame(
        {
            "event_id": [f"{seed}-{i}" for i in range(count)],
            "time": pl.Series(times).cast(pl.Datetime("us", "UTC")),
            "user_id": [f"user {i}" if i else "" for i in rng.integers(0, 20, count)],
            "prompt_excerpt": some(f"prompt {i}" for i in range(count)),
            "response_excerpt": [f"response {i}" for i in range(count)],
            "service_name": [f"service {i}" for i in rng.integers(0, services, count)],
            "request_model": some(f"model {i}" for i in rng.integers(0, 2, count)),
            "labels.tenant": some(f"tenant {i}" for i in rng.integers(0, 4, count)),
            "prompt.words": pl.Series(some(rng.integers(0, 50, count).tolist()), dtype=pl.UInt32),
            "change": pl.Series(some(rng.normal(size=count).tolist()), dtype=pl.Float64),
            "toxicity": pl.Series(some(rng.random(count).round(1).tolist()), dtype=pl.Float64),
            "refusal": pl.Series(some((rng.random(count) < 0.3).tolist()), dtype=pl.Boolean),
            "sli.fast": pl.Series(some((rng.random(count) < 0.5).tolist()), dtype=pl.Boolean),
            "finish_reason": pl.Series(
                some(rng.choice(["stop", "length", ""], count).tolist()), dtype=pl.String
            ),
            "embedding": pl.Series(some(vectors), dtype=pl.Array(pl.Float32, 4)),
            "never": pl.Series([None] * count, dtype=pl.Float64),
        }
    )


def folded(
    frame: pl.DataFrame,
    segmentations: tuple[Segmentation, ...] = SEGMENTATIONS,
    limit: int = 1000,
) -> list[Pane]:
    return fold(
        frame, SIGNALS, segmentations, pane_seconds=10, segment_limit=limit, bad_events=BAD_EVENTS
    )


Content = tuple[int, dict[str, Summary], dict[str, list[Example]]]


def contents(panes: Iterable[Pane]) -> dict[tuple[int, str], Content]:
    """Panes by start and segment, parts of the same merged."""
    merged: dict[tuple[int, str], Content] = {}
    for pane in panes:
        key = pane.start, segment_key(pane.segment)
        signals = {name: decode_summary(raw) for name, raw in pane.signals.items()}
        count, before, examples = merged.get(key, (0, {}, {}))
        merged[key] = (
            count + pane.events,
            merge_signals(before, signals),
            {
                name: merge_examples(examples.get(name, []), pane.examples.get(name, []))
                for name in {**examples, **pane.examples}
            },
        )
    return merged


def assert_same(
    left: dict[tuple[int, str], Content], right: dict[tuple[int, str], Content]
) -> None:
    """Equal: counts exactly, sums of floats to rounding."""
    assert left.keys() == right.keys()
    for key, (count, signals, examples) in left.items():
        other_count, other_signals, other_examples = right[key]
        assert count == other_count
        assert examples == other_examples
        assert signals.keys() == other_signals.keys()
        for name, summary in signals.items():
            other = other_signals[name]
            assert type(summary) is type(other)
            for field, mine in msgspec.structs.asdict(summary).items():
                if isinstance(summary, VectorSum) and field == "total":
                    assert isinstance(other, VectorSum)
                    np.testing.assert_allclose(summary.sum, other.sum, atol=1e-9)
                elif isinstance(mine, float):
                    assert mine == pytest.approx(getattr(other, field), abs=1e-9), (key, name)
                else:
                    assert mine == getattr(other, field), (key, name, field)


def one_by_one(frame: pl.DataFrame) -> dict[tuple[int, str], Content]:
    """What folding means, said event by event."""
    found: dict[tuple[int, str], Content] = {}
    for event in frame.iter_rows(named=True):
        start = int(event["time"].timestamp()) // 10 * 10
        signals: dict[str, Summary] = {
            signal.name: summary_for(signal.kind).empty().observe([event[signal.name]])
            for signal in SIGNALS
            if event[signal.name] is not None
        }
        if event["user_id"]:
            signals[USERS] = Cardinality.empty().observe([event["user_id"]])
        [priority] = stable_hash([event["event_id"]]).tolist()
        example = Example(
            priority,
            event["event_id"],
            event["time"].timestamp(),
            event["prompt_excerpt"] or "",
            event["response_excerpt"],
        )
        fulfilled = {
            "sli.fast = false": event["sli.fast"] is False,
            "toxicity > 0.6": (event["toxicity"] or 0.0) > 0.6,
            "refusal": event["refusal"] is True,
        }
        examples = {text: [example] for text, holds in fulfilled.items() if holds}
        for dimensions in SEGMENTATIONS:
            key = start, segment_key({name: event[name] or "" for name in dimensions})
            count, before, kept = found.get(key, (0, {}, {}))
            found[key] = (
                count + 1,
                merge_signals(before, signals),
                {
                    name: merge_examples(kept.get(name, []), examples.get(name, []))
                    for name in {**kept, **examples}
                },
            )
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 80), st.integers(0, 2**32))
def test_folding_is_observing_event_by_event(count: int, seed: int) -> None:
    frame = events(count, seed)
    assert_same(contents(folded(frame)), one_by_one(frame))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(0, 2**32), st.lists(st.integers(0, 400), max_size=4))
def test_any_split_of_the_events_folds_to_the_same(count: int, seed: int, cuts: list[int]) -> None:
    frame = events(count, seed)
    bounds = [0, *sorted(min(cut, count) for cut in cuts), count]
    parts = [frame[a:b] for a, b in pairwise(bounds)]
    whole = contents(folded(frame))
    assert_same(contents(pane for part in parts for pane in folded(part)), whole)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed % 1000)
    assert_same(contents(folded(shuffled)), whole)


def test_every_segment_and_pane_comes_once() -> None:
    panes = folded(events(500, 1))
    keys = [(pane.start, segment_key(pane.segment)) for pane in panes]
    assert len(keys) == len(set(keys))
    assert {pane.start % 10 for pane in panes} == {0}


def test_large_batches_have_dense_registers_and_many_categories() -> None:
    frame = events(5000, 2, seconds=9).with_columns(
        user_id=pl.Series([f"user {i}" for i in range(5000)]),
        finish_reason=pl.Series([f"reason {i % 700}" for i in range(5000)]),
    )
    [pane] = folded(frame, ((),))
    users = Cardinality.empty().observe(frame["user_id"])
    reasons = CategoryCounts.empty().observe(frame["finish_reason"])
    assert decode_summary(pane.signals[USERS]) == users
    assert decode_summary(pane.signals["finish_reason"]) == reasons


def test_unknown_signals_and_unknown_users_are_left_out() -> None:
    frame = events(50, 3).with_columns(user_id=pl.lit(""))
    for pane in folded(frame):
        assert "never" not in pane.signals
        assert USERS not in pane.signals


def test_numbers_that_are_not_finite_and_floats_below_the_floor() -> None:
    values = [1.0, float("nan"), float("inf"), 1e-20, -1e-20, 0.0, -5.0, None]
    frame = events(8, 4, seconds=1).with_columns(change=pl.Series(values))
    [pane] = folded(frame, ((),))
    change = decode_summary(pane.signals["change"])
    assert change == Distribution.empty().observe(values)
    assert isinstance(change, Distribution)
    assert (change.count, change.zeros) == (5, 3)


def test_times_before_the_epoch_fall_into_panes_too() -> None:
    frame = events(1, 5).with_columns(time=pl.lit(-1).cast(pl.Datetime("us", "UTC")))
    assert {pane.start for pane in folded(frame)} == {-10}


def test_the_same_event_twice_is_one_example() -> None:
    frame = events(1, 6).with_columns(pl.lit(value=False).alias("sli.fast"))
    [pane] = folded(pl.concat([frame] * 5), ((),))
    assert [example.event_id for example in pane.examples["sli.fast = false"]] == ["6-0"]
    assert decode_summary(pane.signals["sli.fast"]) == FlagCounts(5, 0)


def test_no_events_or_no_segmentations_fold_to_nothing() -> None:
    assert folded(events(0, 7)) == []
    assert folded(events(5, 7), ()) == []


def test_no_signals_still_count_events() -> None:
    panes = fold(events(5, 8, seconds=1), (), ((),), pane_seconds=10, segment_limit=10)
    assert [pane.events for pane in panes] == [5]
    assert set(panes[0].signals) == {USERS}


def totals(panes: list[Pane]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for pane in panes:
        key = tuple(pane.segment[name] for name in sorted(pane.segment))
        found[key] = found.get(key, 0) + pane.events
    return found


def with_sizes(sizes: dict[tuple[str, str], int]) -> pl.DataFrame:
    """Events of (model, service) pairs, as many as told."""
    pairs = [pair for pair, size in sizes.items() for _ in range(size)]
    return events(len(pairs), 9).with_columns(
        request_model=pl.Series([model for model, _ in pairs]),
        service_name=pl.Series([service for _, service in pairs]),
    )


def test_beyond_the_limit_the_smallest_segments_are_folded_by_service() -> None:
    frame = with_sizes({("a", "x"): 9, ("b", "x"): 5, ("c", "x"): 2, ("d", "x"): 1, ("e", "y"): 1})
    assert totals(folded(frame, (("request_model", "service_name"),), limit=2)) == {
        ("a", "x"): 9,
        ("b", "x"): 5,
        (OTHER, "x"): 3,
        (OTHER, "y"): 1,
    }


def test_ties_at_the_limit_go_to_the_smallest_values() -> None:
    frame = with_sizes({("c", "x"): 2, ("a", "x"): 2, ("b", "x"): 2})
    kept = totals(folded(frame, (("request_model", "service_name"),), limit=2))
    assert kept == {("a", "x"): 2, ("b", "x"): 2, (OTHER, "x"): 2}


def test_too_many_services_are_folded_too() -> None:
    frame = with_sizes({("a", f"service {i}"): 1 + (i == 7) for i in range(40)})
    both = totals(folded(frame, (("request_model", "service_name"),), limit=3))
    assert both[("a", "service 7")] == 2
    assert both[(OTHER, OTHER)] == 41 - 4
    assert len(both) == 4
    alone = totals(folded(frame, (("service_name",),), limit=3))
    assert alone[(OTHER,)] == 41 - 4


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 300), st.integers(0, 2**32), st.integers(1, 8))
def test_the_limit_loses_no_event_and_bounds_the_segments(
    count: int, seed: int, limit: int
) -> None:
    frame = events(count, seed, services=12)
    for dimensions in SEGMENTATIONS:
        panes = folded(frame, (dimensions,), limit=limit)
        found = totals(panes)
        assert sum(found.values()) == count
        assert len(found) <= 2 * limit
        words = [
            decode_summary(p.signals["prompt.words"]) for p in panes if "prompt.words" in p.signals
        ]
        known = sum(word.count for word in words if isinstance(word, Distribution))
        assert known == frame["prompt.words"].count()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match=r"lacks columns: labels\.tenant, toxicity"):
        folded(events(3, 10).drop("toxicity", "labels.tenant"))


def test_a_signal_that_takes_the_users_name_is_refused() -> None:
    users = Signal(name=USERS, kind="amount", description="Clashes.")
    with pytest.raises(ValueError, match="'users' is made by folding"):
        fold(events(3, 11), [users], ((),), pane_seconds=10, segment_limit=10)


def test_vectors_of_different_lengths_are_refused() -> None:
    frame = events(3, 12).with_columns(embedding=pl.Series([[1.0], [1.0, 2.0], None]))
    with pytest.raises(TypeError, match="vector signal embedding is List"):
        folded(frame)
