"""Lengths of time at which data is held, and which pieces of them make up a sliding window."""

from functools import lru_cache
from typing import Final

from schemas.monitors.resolve_drift_reference import KEPT_SECONDS

BLOCK: Final = 10
"""Seconds of the finest tier above panes; a pane's length divides it."""

HOURS: Final = 3600
"""The tier that references follow the rhythm of days and weeks in: kept longer for them."""

FORMED_AFTER: Final = {60: 50, 600: 90, 3600: 150, 86400: 210}
"""Seconds after a block's end when it is made of smaller ones.

Not all tiers in one moment, nor when windows close and what is past is let go. A later release may
make them later, not earlier: state restored in between would lack them.
"""

NEVER: Final = -(2**62)
"""Before all times."""

PAST_TIERS: Final = {BLOCK: 12 * 60, **KEPT_SECONDS}
"""How long, in seconds, the blocks of each tier are kept for sliding windows."""

LONGEST_WINDOW: Final = 90 * 86400
"""Longest sliding window, in seconds."""


def floor_to(seconds: float, step: int) -> int:
    """The multiple of ``step`` at or before ``seconds``.

    >>> floor_to(1234.5, 60)
    1200
    """
    return int(seconds // step) * step


@lru_cache(256)
def far_tier(window: int) -> int:
    """The tier that holds a window's far edge: the finest kept long enough.

    >>> far_tier(300), far_tier(3600), far_tier(86400), far_tier(3 * 86400)
    (10, 60, 600, 3600)
    """
    for tier, kept in PAST_TIERS.items():
        if window + 2 * tier <= kept:
            return tier
    raise ValueError(f"a window of {window} s is longer than {LONGEST_WINDOW} s, the longest kept")


def far_edge(at: int, window: int) -> int:
    """Where the window that ends at ``at`` begins: rounded down to the tier that holds it.

    >>> far_edge(100_003, 300)
    99700
    """
    return floor_to(at - window, far_tier(window))


def reach(longest_window: int) -> int:
    """How long after a block's end no window looks at it any more, whatever its tier."""
    return longest_window + 2 * far_tier(longest_window)


def kept_in(tier: int, longest_window: int) -> bool:
    """Whether a tier holds signals whose longest sliding window is this.

    Larger blocks would be few in such a window: not worth their room.
    """
    return tier == BLOCK or 4 * tier <= longest_window or tier <= far_tier(longest_window)


def cover(at: int, window: int, formed: int | None = None) -> list[tuple[int, int]]:
    """The fewest blocks, as (tier, start), from the window's far edge to the last whole block.

    Of blocks above the finest tier there are those that were to be made by ``formed``, by default
    all.

    >>> cover(100_003, 240)[:4]
    [(10, 99760), (10, 99770), (60, 99780), (60, 99840)]
    """
    tiers = [tier for tier in reversed(PAST_TIERS) if kept_in(tier, window)]
    position, end = far_edge(at, window), floor_to(at, BLOCK)
    ends = dict.fromkeys(tiers, end)
    if formed is not None:
        ends |= {tier: formed - FORMED_AFTER[tier] for tier in tiers if tier != BLOCK}
    pieces = []
    while position < end:
        tier = next(t for t in tiers if position % t == 0 and position + t <= ends[t])
        pieces.append((tier, position))
        position += tier
    return pieces
