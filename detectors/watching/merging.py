"""Merging encoded summaries."""

from collections.abc import Iterable, Sequence
from functools import reduce

from msgspec import Raw

from detectors.summaries import Summary, decode_summary, encode_summary, merge_summaries


def merge_newest(left: Summary, right: Summary) -> Summary:
    """Both together; of different classes ``right`` alone.

    A signal whose kind changed with a release does not add up with its past, and must not stop
    the watch.
    """
    return merge_summaries(left, right) if type(left) is type(right) else right


def merge_encoded(parts: Sequence[Raw]) -> Raw:
    """The summary of all parts, encoded; at least one part."""
    if len(parts) == 1:
        return parts[0]
    return Raw(encode_summary(reduce(merge_newest, map(decode_summary, parts))))


def merge_all_encoded(parts: Iterable[dict[str, Raw]]) -> dict[str, Raw]:
    """Summaries by signal of all parts."""
    by_signal: dict[str, list[Raw]] = {}
    for part in parts:
        for name, raw in part.items():
            by_signal.setdefault(name, []).append(raw)
    return {name: merge_encoded(raws) for name, raws in by_signal.items()}
