"""Merging many summaries of one class at once."""

from collections.abc import Sequence
from functools import reduce

from detectors.summaries.distribution import Distribution
from detectors.summaries.flag_counts import FlagCounts
from detectors.summaries.summary import Summary, merge_summaries


def merge_alike(parts: Sequence[Summary]) -> Summary:
    """All together, as merging one after the other gives it; at least one part.

    Distributions are added up in one pass: one after the other copies all buckets each time.
    Raises ``TypeError`` when they are of different classes.

    >>> merge_alike([FlagCounts(1, 0), FlagCounts(2, 1), FlagCounts(3, 3)])
    FlagCounts(count=6, positive=4)
    """
    if len(parts) > 2:
        flags = [part for part in parts if isinstance(part, FlagCounts)]
        if len(flags) == len(parts):
            return FlagCounts(sum([f.count for f in flags]), sum([f.positive for f in flags]))
        distributions = [part for part in parts if isinstance(part, Distribution)]
        if len(distributions) == len(parts):
            return _merged(distributions)
    return reduce(merge_summaries, parts)


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
