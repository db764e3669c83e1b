"""What segments that the same monitors watch have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.summaries import USERS
from detectors.watching.needs import Need, SegmentNeeds, details, stands_in, watches
from detectors.watching.verdict import Evaluator, Timed
from schemas.alerts import USERS_SECONDS
from schemas.segments import Segment

Evaluators = tuple[Evaluator, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """The evaluators of a segment's monitors, those that go by time too, and what it keeps."""

    own: Evaluators
    timed: tuple[Timed, ...]
    needs: SegmentNeeds


class WatchingAlike:
    """Gives every segment what it shares with others: of ten thousand, each thing once."""

    def __init__(self, evaluators: Sequence[Evaluator]) -> None:
        self._evaluators = tuple(evaluators)
        self._known: dict[tuple[Evaluators, Evaluators, Evaluators], Alike] = {}

    def of(self, segment: Segment) -> Alike:
        """That of a segment."""
        own = tuple(each for each in self._evaluators if watches(each.monitor, segment))
        finer = tuple(each for each in self._evaluators if details(each.monitor, segment))
        parts = tuple(each for each in self._evaluators if stands_in(each.monitor, segment))
        found = self._known.get((own, finer, parts))
        if found is None:
            timed = tuple(each for each in own if isinstance(each, Timed))
            found = Alike(own, timed, _needs(own, finer, parts))
            self._known[own, finer, parts] = found
        return found


def _needs(own: Evaluators, finer: Evaluators, parts: Evaluators) -> SegmentNeeds:
    needs = [need for each in own for need in each.needs]
    if needs:
        needs.append(Need(USERS, min(max(n.window for n in needs), USERS_SECONDS)))
    needs += [need for each in parts for need in each.needs]
    return SegmentNeeds.of(needs, (need for each in finer for need in each.needs))
