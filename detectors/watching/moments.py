"""When the watcher looks at its segments, and at which of them."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from detectors.watching.past import Past
from detectors.watching.phases import PHASES
from detectors.watching.rollup import PARTS
from detectors.watching.tiers import BLOCK, FORMED_AFTER, HOURS, NEVER, floor_to

_STEPS: Final = (10, 60, 600, 3600, 86400)
FEW: Final = 500
"""Segments that are all looked at in the same moment; more would make some moments long."""


def grid(at: int, until: int, pane_seconds: int, most: int) -> list[int]:
    """The moments after ``at``, up to ``until``: multiples of a pane, of more where most are due.

    >>> grid(100, 103, 1, 600), grid(100, 220, 1, 10)
    ([101, 102, 103], [120, 180, 220])
    """
    if until <= at:
        return []
    steps = (pane_seconds, *(s for s in _STEPS if s > pane_seconds))
    step = next((s for s in steps if (until - at) // s <= most), steps[-1])
    points = list(range(floor_to(at, step) + step, until + 1, step))
    return points if points and points[-1] == until else [*points, until]


def is_busy(past: Past, watched: int, lateness: int) -> bool:
    """Whether a moment has so much to do for all of many segments that nothing costly is begun.

    Blocks of ten seconds are made at once, those above a minute each in some seconds of its own.
    When an hour ends, most windows leave something behind. Ten minutes are merged into the hour
    ``lateness`` after they ended, and a little more (:meth:`rollup.Merged.advance`).
    """
    at = past.at
    if watched <= FEW or at - past.since >= BLOCK:
        return False
    forms = any((at - after) % tier < PHASES for tier, after in FORMED_AFTER.items() if tier > 60)
    merges = (at - lateness - PHASES) % 600 < PARTS * PHASES
    return at % BLOCK == 0 or at % HOURS < PHASES or forms or merges


@dataclass(frozen=True, slots=True)
class Turn:
    """Which segments are looked at in a moment.

    Those that data came for (``touched``, ``None`` for all segments), those whose phase is among
    ``phases``, and those with an open alert. Of the others, only what goes by time, when it is time
    (``at``), or when they were ``granted`` work that had to wait: for them nothing has changed.
    """

    touched: Set[str] | None = None
    phases: Set[int] = frozenset()
    at: int = NEVER
    granted: Set[str] = frozenset()


def turn_of(past: Past, watched: int, slides: Set[int], granted: Set[str]) -> Turn:
    """Whose turn it is: all when a window slid; of many segments, each at its own second.

    Parameters
    ----------
    past
        What is seen, up to the moment.
    watched
        How many segments there are.
    slides
        At which seconds after a multiple of ten any window's far edge moves.
    granted
        The segments whose work had to wait and may be done now.
    """
    touched, at, since = past.take_touched(), past.at, past.since
    if at - since >= BLOCK:
        return Turn()
    phases = {moment % BLOCK for moment in range(since + 1, at + 1)}
    if watched > FEW:
        return Turn(touched, phases, at, granted)
    return Turn() if phases & slides else Turn(touched, at=at, granted=granted)
