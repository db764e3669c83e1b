"""References: windows to blocks, stored windows read back, and two references compared."""

import re
import time

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    decode_summary,
)
from schemas.references import decode_reference, encode_reference
from schemas.segments import segment_key
from schemas.windows import Window
from streams.references.build import build_reference, compare_references
from streams.references.models import embedding_models, mixed_segments
from streams.references.windows import stored_windows
from tests.streams.windows_stored import store, window

START = int(time.time()) // 86400 * 86400 - 86400
"""Recent: windows of long ago are no longer kept."""
SHOP = {"service_name": "shop"}
KEY = '{"service_name":"shop"}'


def summaries(seed: int) -> dict[str, Summary]:
    """One of each kind, with all that is particular about it."""
    random = np.random.default_rng(seed)
    return {
        "error": FlagCounts(50, seed % 7),
        "latency": Distribution.empty().observe(random.lognormal(0, 1, 50)),
        "drop": Distribution.empty().observe(np.array([-2.0, 0.0, 0.0, 3.0])),
        "nothing": Distribution.empty(),
        "finish_reason": CategoryCounts({"stop": 40, "length": 10}, 3),
        "users": Cardinality.empty().observe([f"user-{n}" for n in range(seed + 20)]),
        "prompt.embedding": VectorSum.empty().observe(random.normal(size=(50, 8))),
        "embedding.model": CategoryCounts({"words": 50}, 0),
    }


def minutes(count: int = 30, **more: Summary) -> list[Window]:
    return [window(START + 60 * n, SHOP, summaries(n) | more, events=50) for n in range(count)]


def content(windows: list[Window]) -> list[tuple]:
    return [
        (
            each.start,
            each.segment,
            each.events,
            {name: decode_summary(raw) for name, raw in sorted(each.signals.items())},
        )
        for each in windows
    ]


def test_stored_windows_come_back_as_they_were(database: Client) -> None:
    told = [*minutes(), window(START + 60, {}, {}, events=9)]
    store(database, [*told, window(START, SHOP, {}, resolution=3600)])
    found = list(stored_windows(database, resolution=60, begin=START, end=START + 86400))
    assert [each.start for each in found] == sorted(each.start for each in found)
    told.sort(key=lambda each: (each.start, segment_key(each.segment)))
    assert content(found) == content(told)
    some = stored_windows(
        database, resolution=60, begin=START + 60, end=START + 180, signals=["", "error"]
    )
    assert [(e.start - START, e.events, sorted(e.signals)) for e in some] == [
        (60, 50, ["error"]),
        (60, 9, []),
        (120, 50, ["error"]),
    ]


def test_windows_are_merged_into_blocks() -> None:
    reference = build_reference(
        minutes(25), name="r", origin="test", block_seconds=600, resolution=60
    )
    assert (reference.begin, reference.end) == (START, START + 1800)
    blocks = reference.segments[KEY]
    assert [(b.start - START, b.events) for b in blocks] == [(0, 500), (600, 500), (1200, 250)]
    assert decode_summary(blocks[0].signals["error"]) == FlagCounts(
        500, sum(n % 7 for n in range(10))
    )
    assert decode_reference(encode_reference(reference)) == reference


def test_a_release_stands_for_its_service() -> None:
    versions = [
        window(START, SHOP | {"service_version": version, "release_role": role}, summaries(n))
        for n, (version, role) in enumerate((("7", "stable"), ("7", "canary"), ("8", "stable")))
    ]
    reference = build_reference(
        [*versions, *minutes()],
        name="r",
        origin="test",
        block_seconds=60,
        resolution=60,
        release="7",
    )
    (block,) = reference.segments[KEY]
    assert block.events == 2
    # The same events split by version alone too count once.
    coarse = window(START, SHOP | {"service_version": "7"}, summaries(1), events=2)
    again = build_reference(
        [*versions, coarse], name="r", origin="", block_seconds=60, resolution=60, release="7"
    )
    assert [block.events for block in again.segments[KEY]] == [2]
    assert decode_summary(block.signals["error"]) == FlagCounts(100, 1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"release": "9"}, "test: there are no events in that time of release '9'; known: 7"),
        ({"block_seconds": 90}, "no multiple of 60 s"),
        ({"block_seconds": 0}, "no multiple of 60 s"),
    ],
)
def test_what_cannot_be_built_is_told(options: dict, told: str) -> None:
    usual = {"name": "r", "origin": "test", "block_seconds": 600, "resolution": 60}
    seven = window(START, SHOP | {"service_version": "7"}, summaries(1))
    with pytest.raises(ValueError, match=told):
        build_reference([*minutes(), seven], **(usual | options))


def test_a_time_without_events_is_told() -> None:
    with pytest.raises(ValueError, match="test: there are no events in that time: choose another"):
        build_reference([], name="r", origin="test", block_seconds=600, resolution=60)


def test_embeddings_of_several_models_are_left_out() -> None:
    both = CategoryCounts({"words": 25, "other-model": 25}, 0)
    few = CategoryCounts({"words": 5000, "other-model": 1}, 0)
    usual = {"name": "r", "origin": "test", "block_seconds": 600, "resolution": 60}
    mixed = build_reference(minutes(**{"embedding.model": both}), **usual)
    assert mixed_segments(mixed) == [KEY]
    assert "prompt.embedding" not in mixed.segments[KEY][0].signals
    assert "latency" in mixed.segments[KEY][0].signals
    pure = build_reference(minutes(**{"embedding.model": few}), **usual)
    assert (embedding_models(pure.segments[KEY]), mixed_segments(pure)) == (("words",), [])
    assert "prompt.embedding" in pure.segments[KEY][0].signals


def test_the_largest_difference_comes_first() -> None:
    usual = {"name": "r", "origin": "test", "block_seconds": 600, "resolution": 60}
    one = build_reference(minutes(), **usual)
    other = build_reference(
        minutes(
            finish_reason=CategoryCounts({"stop": 10, "length": 40}, 3), error=FlagCounts(50, 4)
        ),
        **usual,
    )
    compared = compare_references(one, other, {"latency": "s"})
    assert compared.notes == []
    found = compared.found
    assert found[0].signal == "finish_reason"
    assert found[0].effect == pytest.approx(30 / 53)
    assert found[0].known == (53 * 30, 53 * 30)
    assert "length 75.5 % (was 18.9 %)" in found[0].words
    by_signal = {each.signal: each for each in found}
    assert by_signal["latency"].effect == 0
    assert re.fullmatch(
        r"median .* m?s \(was .* m?s\), 95 % .* m?s \(was .* m?s\)", by_signal["latency"].words
    )
    assert by_signal["prompt.embedding"].effect == 0
    assert by_signal["error"].measure == "Cohen's h"


def test_what_does_not_compare_is_said() -> None:
    usual = {"name": "r", "origin": "test", "block_seconds": 600, "resolution": 60}
    one = build_reference(minutes(), **usual)
    shop = minutes(
        **{"embedding.model": CategoryCounts({"other-model": 50}, 0), "new": FlagCounts(9, 1)}
    )
    search = [window(START, {"service_name": "search"}, {}, events=1)]
    compared = compare_references(one, build_reference([*shop, *search], **usual))
    assert "prompt.embedding" not in {each.signal for each in compared.found}
    assert compared.notes == [
        'only in the second: {"service_name":"search"}',
        f"{KEY}: embeddings are of words and other-model and do not compare",
        f"{KEY}: only in the second: new",
    ]
