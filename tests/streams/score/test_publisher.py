"""A commit's messages: cut to size, nothing lost, progress told last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import Cardinality, encode_summary
from schemas.panes import Pane, PaneBatch, decode_pane_batch, encode_pane_batch
from schemas.segments import DEFAULT_SEGMENTATIONS
from streams.score.publisher import encode_in_parts, pane_partition

PROGRESS = {"inference/0": 12.5, "inference/1": 13.0}


def pane(number: int, size: int = 100) -> Pane:
    signals = {"x": Raw(encode_summary(Cardinality(b"\x01" * size)))}
    return Pane(start=number, segment={"service_name": f"s{number}"}, events=1, signals=signals)


def batch(panes: list[Pane]) -> PaneBatch:
    return PaneBatch(
        worker="w", pane_seconds=1, complete_until=PROGRESS, panes=panes, newest_event=13.0
    )


@given(
    st.lists(st.integers(0, 3000), max_size=40),
    st.integers(1, 20_000),
)
def test_nothing_is_lost_and_the_last_part_alone_tells_progress(
    sizes: list[int], most: int
) -> None:
    whole = batch([pane(number, size) for number, size in enumerate(sizes)])
    parts = [decode_pane_batch(data) for data in encode_in_parts(whole, most)]
    assert [encode_pane_batch(batch([p])) for part in parts for p in part.panes] == [
        encode_pane_batch(batch([p])) for p in whole.panes
    ]
    assert [part.complete_until for part in parts] == [{}] * (len(parts) - 1) + [PROGRESS]
    assert {(p.worker, p.pane_seconds, p.newest_event) for p in parts} == {("w", 1, 13.0)}


@given(st.lists(st.integers(0, 3000), max_size=40), st.integers(1, 20_000))
def test_parts_are_larger_than_asked_only_when_they_are_a_single_pane(
    sizes: list[int], most: int
) -> None:
    whole = batch([pane(number, size) for number, size in enumerate(sizes)])
    for data in encode_in_parts(whole, most):
        assert len(data) <= most or len(decode_pane_batch(data).panes) <= 1


def test_a_batch_that_fits_is_one_message() -> None:
    whole = batch([pane(number) for number in range(100)])
    assert encode_in_parts(whole, 10**6) == [encode_pane_batch(whole)]


@pytest.mark.parametrize("partitions", [1, 2, 6, 50])
def test_all_segments_of_a_service_share_a_partition(partitions: int) -> None:
    found: dict[str, set[int]] = {}
    for service in ("", *(f"service-{n}" for n in range(40))):
        for dimensions in DEFAULT_SEGMENTATIONS:
            segment = dict.fromkeys(dimensions, "x") | {"service_name": service}
            part = Pane(start=0, segment=segment, events=1, signals={})
            found.setdefault(service, set()).add(pane_partition(part, partitions))
    assert all(len(each) == 1 for each in found.values())
    used = set().union(*found.values())
    assert used <= set(range(partitions))
    assert len(used) > partitions / 3


def test_everything_goes_where_no_service_goes() -> None:
    assert pane_partition(Pane(start=0, segment={}, events=1, signals={}), 6) == pane_partition(
        Pane(start=0, segment={"request_model": "m"}, events=1, signals={}), 6
    )
