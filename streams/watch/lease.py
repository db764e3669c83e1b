"""How long a worker may take partitions for its own."""

from collections.abc import Callable
from time import monotonic

_TWIN_SECONDS = 60.0


class Lease:
    """Membership of a group as of the last heartbeat that was answered well.

    A worker that was frozen wakes up and believes what it believed before; that the group has moved
    on, it learns with its next heartbeat. Until then it must not write. So what it owns it owns for
    a while after each heartbeat, and not at all once the group has said that it does not know it.

    Two processes of one name put each other out, by joining in turns. Whoever is put out twice in a
    minute is taken for one of two: ``twin``.

    Parameters
    ----------
    seconds
        How long after a heartbeat was sent it counts; less than the session's timeout.
    clock
        Monotonic seconds.

    Examples
    --------
    >>> now = 0.0
    >>> lease = Lease(5, clock=lambda: now)
    >>> lease.hear(now); lease.held
    True
    >>> now = 12.0  # frozen meanwhile
    >>> lease.held
    False
    >>> lease.end(); lease.hear(now); lease.end(); lease.twin
    True
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._member = False
        self._heard = 0.0
        self._ended: list[float] = []

    @property
    def held(self) -> bool:
        """Whether what was assigned is still ours."""
        return self._member and self._clock() - self._heard < self._seconds

    @property
    def twin(self) -> bool:
        """Whether another process seems to have the same name."""
        return len(self._ended) >= 2 and self._ended[-1] - self._ended[-2] < _TWIN_SECONDS

    def hear(self, sent_at: float) -> None:
        """The group has answered what was sent then: we belong to it."""
        self._member = True
        self._heard = max(self._heard, sent_at)

    def end(self) -> None:
        """The group does not know us any more."""
        if self._member:
            self._member = False
            self._ended.append(self._clock())
