import typing

import msgspec
import pytest

from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    decode_summary,
    merge_signals,
    summary_for,
)
from schemas.signals import SignalKind


def test_every_kind_of_signal_has_a_summary() -> None:
    for kind in typing.get_args(SignalKind):
        assert summary_for(kind).empty() is not None


def test_signals_merge_by_name() -> None:
    left = {"a": FlagCounts(2, 1), "b": FlagCounts(1, 0)}
    right = {"b": FlagCounts(3, 3), "c": Distribution.empty()}
    assert merge_signals(left, right) == {
        "a": FlagCounts(2, 1),
        "b": FlagCounts(4, 3),
        "c": Distribution.empty(),
    }
    assert left == {"a": FlagCounts(2, 1), "b": FlagCounts(1, 0)}


def test_a_signal_that_changed_its_kind_is_named() -> None:
    with pytest.raises(TypeError, match=r"signal x: .*changes its kind needs a new name"):
        merge_signals({"x": FlagCounts.empty()}, {"x": CategoryCounts.empty()})


def test_bytes_that_hold_no_summary_are_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_summary(msgspec.msgpack.encode(["unknown", 1]))
