"""How much costly work one moment may hold, so that no tick takes long."""

import sys
from typing import Final

Where = tuple[str, str]
"""A monitor's name and a segment's key."""

MOST: Final = 40
"""Work of a moment. A unit is what it takes to make one signal's reference ready, about 3 ms."""

NO_LIMIT: Final = sys.maxsize
"""Nobody has to wait."""

CALIBRATION: Final = 64
"""What it takes to calibrate one signal, in the same units."""


class WorkBudget:
    """Shares out a moment's work among all monitors and segments, first come, first served.

    Counted, not timed: the same moments give the same turns. Who has to wait asks again when its
    turn has come (:meth:`has_turn`).

    >>> budget = WorkBudget(most=10)
    >>> [budget.take(60, ("drift", key), 6) for key in "abc"]
    [True, False, False]
    >>> [budget.has_turn(70, ("drift", key)) for key in "abc"]
    [False, True, False]
    >>> budget.take(70, ("drift", "b"), 6)
    True
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._at: int | None = None
        self._left = most
        self._waiting: dict[Where, int] = {}
        self._turns: dict[Where, int] = {}

    def has_turn(self, at: int, where: Where) -> bool:
        """Whether work that had to wait may be done in this moment (epoch seconds)."""
        self._begin(at)
        return where in self._turns

    def close(self, at: int) -> None:
        """Let whoever asks in this moment wait: it has enough to do."""
        self._at, self._left, self._turns = at, 0, {}

    def granted(self, at: int) -> set[str]:
        """The segments that have a turn in this moment."""
        self._begin(at)
        return {segment for _, segment in self._turns}

    def take(self, at: int, where: Where, work: int) -> bool:
        """Whether so much may be done now; else it waits for its turn."""
        self._begin(at)
        granted = self._turns.get(where, 0)
        if granted >= work:
            self._turns[where] = granted - work
            return True
        # More than all at once is done alone.
        if not self._waiting and (self._left >= work or self._left == self._most):
            self._left -= work
            return True
        self._waiting.setdefault(where, work)
        return False

    def _begin(self, at: int) -> None:
        """Another moment: those that have waited longest get theirs first."""
        if at == self._at:
            return
        self._at, self._left, self._turns = at, self._most, {}
        for where, work in list(self._waiting.items()):
            if work > self._left < self._most:
                break
            self._left -= work
            self._turns[where] = work
            del self._waiting[where]
            if self._left <= 0:
                break
