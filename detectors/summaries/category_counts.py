"""Summary of a category: counts by value, for as many values as fit."""

from typing import Final

import numpy as np
from msgspec import Struct

from detectors.summaries.hashing import stable_hash
from detectors.summaries.values import Values, add_counts, known_texts

CATEGORY_LIMIT: Final = 256
"""How many categories are counted by name."""


class CategoryCounts(Struct, frozen=True, array_like=True, tag="c", gc=False):
    """Counts by category; beyond ``CATEGORY_LIMIT`` of them, those of smallest hash are kept.

    The hash is that of the name, so which are kept depends neither on order nor on counts: a
    category among the smallest of a whole is among the smallest of every part that has it. Kept
    counts are therefore exact, merging is exact, and ``other`` counts all the rest.

    In SQL: ``sumMap(counts)`` (``Map(String, UInt64)``) and ``sum(other)``; past the limit, keep
    the first 256 of ``arraySort(name -> xxHash64(name), mapKeys(merged))``.

    >>> reasons = CategoryCounts.empty().observe(["stop", "length", "stop", None])
    >>> reasons.counts == {"stop": 2, "length": 1}, reasons.share("stop")
    (True, 0.6666666666666666)
    """

    counts: dict[str, int]
    other: int

    @classmethod
    def empty(cls) -> "CategoryCounts":
        """No observation: the identity of :meth:`merge`."""
        return cls({}, 0)

    @classmethod
    def bounded(cls, counts: dict[str, int], other: int = 0) -> "CategoryCounts":
        """These counts, cut to the limit."""
        if len(counts) <= CATEGORY_LIMIT:
            return cls(counts, other)
        names = np.array(list(counts), object)
        # Names of equal hash (one in 2**64) are told apart by the name itself.
        order = np.lexsort((names.astype(str), stable_hash(names)))
        kept = {name: counts[name] for name in names[order[:CATEGORY_LIMIT]]}
        return cls(kept, other + sum(counts.values()) - sum(kept.values()))

    def observe(self, values: Values) -> "CategoryCounts":
        """These categories too; those not known are ignored."""
        counts: dict[str, int] = {}
        for name in known_texts(values):
            counts[name] = counts.get(name, 0) + 1
        return self.merge(CategoryCounts.bounded(counts))

    def merge(self, other: "CategoryCounts") -> "CategoryCounts":
        """Both together."""
        return CategoryCounts.bounded(
            add_counts(self.counts, other.counts), self.other + other.other
        )

    @property
    def count(self) -> int:
        """How many observations, those of other categories included."""
        return sum(self.counts.values()) + self.other

    def share(self, name: str) -> float | None:
        """Share of a category that is kept, ``None`` of nothing. 0 for one never seen."""
        count = self.count
        return self.counts.get(name, 0) / count if count else None
