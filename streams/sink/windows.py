"""Windows as rows: one a signal, and one that counts events."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    decode_summary,
)
from schemas.segments import segment_key
from schemas.topics import WINDOWS
from schemas.windows import SCHEMA_VERSION, Window, decode_window
from streams.sink.message import Message, RefusedError, check_version
from streams.sink.target import (
    COUNT,
    COUNT_BY_BUCKET,
    COUNT_BY_TEXT,
    FLAG,
    NUMBER,
    NUMBERS,
    RANK_BY_REGISTER,
    SECOND,
    TEXT,
    TEXT_MAP,
    UINT32,
    Row,
    Target,
)

_SUMMARY = {
    "kind": "",
    "count": 0,
    "positive": 0,
    "sum": 0.0,
    "sum_squares": 0.0,
    "minimum": None,
    "maximum": None,
    "integral": False,
    "zero_count": 0,
    "positive_buckets": {},
    "negative_buckets": {},
    "categories": {},
    "other_categories": 0,
    "registers": {},
    "vector": [],
}
_LARGEST_START = 2**32 - 1


def _rows(message: Message) -> Sequence[Row]:
    window = _window(message)
    identity = (
        window.resolution_seconds,
        datetime.fromtimestamp(window.start, UTC),
        ",".join(sorted(window.segment)),
        window.segment,
        segment_key(window.segment),
    )
    return [
        (*identity, signal, window.version, window.events, *(_SUMMARY | found).values())
        for signal, found in _summaries(window)
    ]


def _window(message: Message) -> Window:
    if not message.value:
        raise RefusedError("empty", "the message has no value")
    try:
        window = decode_window(message.value)
    except msgspec.DecodeError as error:
        raise RefusedError("invalid", f"no window: {error}") from None
    check_version(window.schema_version, SCHEMA_VERSION)
    if not 0 <= window.start <= _LARGEST_START:
        raise RefusedError("time_out_of_range", f"start is {window.start} s since the epoch")
    return window


def _summaries(window: Window) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", {"kind": "events", "count": window.events}
    for signal, raw in window.signals.items():
        try:
            yield signal, _columns(decode_summary(raw))
        except msgspec.DecodeError as error:
            raise RefusedError("invalid", f"no summary of {signal}: {error}") from None


def _columns(summary: Summary) -> dict[str, Any]:
    match summary:
        case FlagCounts():
            return {"kind": "flag", "count": summary.count, "positive": summary.positive}
        case Distribution():
            return {
                "kind": "distribution",
                "count": summary.count,
                "sum": summary.sum,
                "sum_squares": summary.sum_squares,
                "minimum": summary.minimum if summary.count else None,
                "maximum": summary.maximum if summary.count else None,
                "integral": summary.integral,
                "zero_count": summary.zeros,
                "positive_buckets": summary.positive,
                "negative_buckets": summary.negative,
            }
        case CategoryCounts():
            return {
                "kind": "category",
                "count": summary.count,
                "categories": summary.counts,
                "other_categories": summary.other,
            }
        case Cardinality():
            return {"kind": "cardinality", "registers": summary.register_map()}
        case VectorSum():
            return {
                "kind": "vector",
                "count": summary.count,
                "sum_squares": summary.sum_squared_norms,
                "vector": summary.sum.tolist(),
            }


WINDOWS_TARGET = Target(
    topic=WINDOWS,
    table="raw_windows",
    columns={
        "resolution_seconds": UINT32,
        "start": SECOND,
        "segmentation": TEXT,
        "segment": TEXT_MAP,
        "segment_key": TEXT,
        "signal": TEXT,
        "version": COUNT,
        "events": COUNT,
        "kind": TEXT,
        "count": COUNT,
        "positive": COUNT,
        "sum": NUMBER,
        "sum_squares": NUMBER,
        "minimum": NUMBER,
        "maximum": NUMBER,
        "integral": FLAG,
        "zero_count": COUNT,
        "positive_buckets": COUNT_BY_BUCKET,
        "negative_buckets": COUNT_BY_BUCKET,
        "categories": COUNT_BY_TEXT,
        "other_categories": COUNT,
        "registers": RANK_BY_REGISTER,
        "vector": NUMBERS,
    },
    rows=_rows,
)
