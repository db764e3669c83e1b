"""Merging summaries, encoded and many at once."""

from collections.abc import Iterable, Mapping, Sequence
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
    if len(parts) == 1:
        return parts[0]
    alike = len(set(map(type, parts))) == 1
    return merge_alike(parts) if alike else reduce(merge_newest, parts)


def merge_encoded(parts: Sequence[Raw]) -> Raw:
    """The summary of all parts, encoded; at least one part."""
    if len(parts) == 1:
        return parts[0]
    return Raw(encode_summary(merge_many(decode_summaries(parts))))


def merge_all_encoded(parts: Iterable[Mapping[str, Raw]]) -> dict[str, Raw]:
    """Summaries by signal of all parts."""
    by_signal: dict[str, list[Raw]] = {}
    for part in parts:
        for name, raw in part.items():
            by_signal.setdefault(name, []).append(raw)
    merged = {name: raws[0] for name, raws in by_signal.items()}
    several = {name: raws for name, raws in by_signal.items() if len(raws) > 1}
    summaries = decode_summaries([raw for raws in several.values() for raw in raws])
    at = 0
    for name, raws in several.items():
        together = merge_many(summaries[at : at + len(raws)])
        merged[name] = Raw(encode_summary(together))
        at += len(raws)
    return merged
