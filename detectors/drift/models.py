"""Whose embeddings were summarised: those of two models do not compare."""

from collections.abc import Iterable
from typing import Final

from detectors.summaries import CategoryCounts, Summary

MODEL_SIGNAL: Final = "embedding.model"
"""The category that tells whose embeddings events have."""

_FEW: Final = 0.01
"""A share of events so small moves no mean by what matters."""


def models_of(summaries: Iterable[Summary | None]) -> tuple[str, ...]:
    """The models whose embeddings make up more than a hundredth, by name; empty if not known.

    >>> models_of([CategoryCounts({"a": 900, "b": 100}, 0), CategoryCounts({"a": 5, "c": 1}, 0)])
    ('a', 'b')
    """
    counts: dict[str, int] = {}
    for summary in summaries:
        if isinstance(summary, CategoryCounts):
            for name, count in summary.counts.items():
                counts[name] = counts.get(name, 0) + count
    total = sum(counts.values())
    return tuple(sorted(name for name, count in counts.items() if count > _FEW * total))
