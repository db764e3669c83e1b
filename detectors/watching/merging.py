"""Merging summaries, encoded and many at once."""

from collections.abc import Iterable, Sequence
from functools import reduce

from msgspec import Raw

from detectors.summaries import (
    Distribution,
    FlagCounts,
    Summary,
    decode_summary,
    encode_summary,
    merge_summaries,
)


def merge_newest(left: Summary, right: Summary) -> Summary:
    """Both together; of different classes ``right`` alone.

    A signal whose kind changed with a release does not add up with its past, and must not stop
    the watch.
    """
    return merge_summaries(left, right) if type(left) is type(right) else right


def merge_many(parts: Sequence[Summary]) -> Summary:
    """All together, as merging one after the other gives it; at least one part.

    Distributions are added up in one pass: one after the other copies all buckets each time.
    """
    if len(parts) > 2:
        flags = [part for part in parts if isinstance(part, FlagCounts)]
        if len(flags) == len(parts):
            return FlagCounts(sum(f.count for f in flags), sum(f.positive for f in flags))
        distributions = [part for part in parts if isinstance(part, Distribution)]
        if len(distributions) == len(parts):
            return _merged(distributions)
    return reduce(merge_newest, parts)


def _merged(parts: Sequence[Distribution]) -> Distribution:
    positive, negative = parts[0].positive.copy(), parts[0].negative.copy()
    for part in parts[1:]:
        for key, count in part.positive.items():
            positive[key] = positive.get(key, 0) + count
        for key, count in part.negative.items():
            negative[key] = negative.get(key, 0) + count
    return Distribution(
        count=sum(part.count for part in parts),
        sum=sum(part.sum for part in parts),
        sum_squares=sum(part.sum_squares for part in parts),
        minimum=min(part.minimum for part in parts),
        maximum=max(part.maximum for part in parts),
        integral=all(part.integral for part in parts),
        zeros=sum(part.zeros for part in parts),
        positive=positive,
        negative=negative,
    )


def merge_encoded(parts: Sequence[Raw]) -> Raw:
    """The summary of all parts, encoded; at least one part."""
    if len(parts) == 1:
        return parts[0]
    return Raw(encode_summary(merge_many([decode_summary(part) for part in parts])))


def merge_all_encoded(parts: Iterable[dict[str, Raw]]) -> dict[str, Raw]:
    """Summaries by signal of all parts."""
    by_signal: dict[str, list[Raw]] = {}
    for part in parts:
        for name, raw in part.items():
            by_signal.setdefault(name, []).append(raw)
    return {name: merge_encoded(raws) for name, raws in by_signal.items()}
