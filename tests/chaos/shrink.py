"""The fewest actions that still fail, by delta debugging.

A. Zeller, R. Hildebrandt: Simplifying and Isolating Failure-Inducing Input. IEEE Transactions on
Software Engineering 28 (2), 2002.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shrink(items: Sequence[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """A part of ``items`` that fails, and fails no more without any one of them.

    ``fails`` is asked about parts of ``items`` in their order; of all together it is taken for
    granted.

    >>> shrink(range(20), lambda part: {3, 17} <= set(part))
    [3, 17]
    """
    left, parts = list(items), 2
    while len(left) >= 2:
        size = max(1, len(left) // parts)
        chunks = [left[i : i + size] for i in range(0, len(left), size)]
        for chunk in chunks:
            rest = [item for item in left if item not in chunk]
            if rest and fails(rest):
                left, parts = rest, max(parts - 1, 2)
                break
        else:
            if size == 1:
                return left
            parts = min(2 * parts, len(left))
    return left if not left or not fails([]) else []
