"""Looking again and again until there is a verdict."""

from collections.abc import Callable, Sequence

from detectors.comparing.comparison import CompareVerdict
from streams.comparing.arms import Compared
from streams.store.errors import StoreError


def overall(compared: Sequence[Compared]) -> CompareVerdict:
    """The verdict of all candidates: roll back when any has to, promote when all may."""
    verdicts = [each.comparison.verdict for each in compared]
    if "roll back" in verdicts:
        return "roll back"
    return "promote" if verdicts and set(verdicts) == {"promote"} else "wait"


def wait_for_verdict(
    look: Callable[[], Sequence[Compared]],
    *,
    timeout_seconds: float,
    every_seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    tell: Callable[[str], None],
) -> Sequence[Compared]:
    """What was seen when a verdict was reached, or last before the time was up.

    Looking often costs nothing in error: the sequences hold at all times together. A look that
    fails while there is time left is told and repeated: the store may only be restarting.

    Raises
    ------
    StoreError
        The last look failed.
    """
    deadline = clock() + timeout_seconds
    while True:
        try:
            compared = look()
        except StoreError as error:
            left = deadline - clock()
            if left <= 0:
                raise
            tell(str(error))
        else:
            left = deadline - clock()
            if overall(compared) != "wait" or left <= 0:
                return compared
        sleep(min(every_seconds, left))
