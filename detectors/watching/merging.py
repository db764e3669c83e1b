"""Merging summaries of what may have changed its kind; many at once."""

from collections.abc import Mapping, Sequence
from functools import reduce

from msgspec import Raw

from detectors.summaries import (
    Summary,
    decode_summaries,
    encode_summary,
    merge_alike,
    merge_summaries,
)


def merge_newest(left: Summary, right: Summary) -> Summary:
    """Both together; of different classes ``right`` alone.

    A signal whose kind changed with a release does not add up with its past, and must not stop
    the watch.
    """
    return merge_summaries(left, right) if type(left) is type(right) else right


def merge_many(parts: Sequence[Summary]) -> Summary:
    """All together, as merging one after the other gives it; at least one part."""
    try:
        return merge_alike(parts)
    except TypeError:
        return reduce(merge_newest, parts)


def merge_encoded(parts: Sequence[Raw]) -> Raw:
    """The summary of all parts, encoded; at least one part."""
    if len(parts) == 1:
        return parts[0]
    return Raw(encode_summary(merge_many(decode_summaries(parts))))


def merge_all(parts: Sequence[Mapping[str, Summary]]) -> dict[str, Summary]:
    """Summaries by signal of all parts."""
    if len(parts) == 1:
        return dict(parts[0])
    by_signal: dict[str, list[Summary]] = {}
    for part in parts:
        for name, summary in part.items():
            found = by_signal.get(name)
            if found is None:
                by_signal[name] = [summary]
            else:
                found.append(summary)
    return {name: merge_many(found) for name, found in by_signal.items()}
