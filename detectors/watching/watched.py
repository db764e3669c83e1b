"""The segments that some monitor looks at, each with its evaluators."""

from collections.abc import Iterable, Sequence

from detectors.watching.admission import Admission
from detectors.watching.families import Families
from detectors.watching.needs import SegmentNeeds
from detectors.watching.past import Past
from detectors.watching.phases import Phases
from detectors.watching.settings import WatchSettings
from detectors.watching.verdict import Evaluator
from detectors.watching.view import WatchedSegment
from detectors.watching.watching_alike import WatchingAlike
from detectors.watching.work_budget import MOST, NO_LIMIT, WorkBudget


class Watched:
    """Segments by key, in the order in which they are judged.

    ``needs`` gets what each has to keep of its past, whether monitors look at it or only at parts
    of it or at what it is a part of.
    """

    def __init__(
        self,
        evaluators: Sequence[Evaluator],
        needs: dict[str, SegmentNeeds],
        past: Past,
        admission: Admission,
        phases: Phases,
        settings: WatchSettings,
    ) -> None:
        self._alike = WatchingAlike(evaluators)
        self._needs = needs
        self._past = past
        self._admission = admission
        self._phases = phases
        self._units = settings.units
        self._segments: dict[str, WatchedSegment] = {}
        self._in_order: list[WatchedSegment] = []
        self.budget = WorkBudget(NO_LIMIT if settings.offline else MOST)
        self.families = Families(evaluators)

    def add(self, key: str) -> None:
        """Watch a segment that has been admitted."""
        segment = self._admission.segments[key]
        alike = self._alike.of(segment)
        if alike.needs.longest:
            self._needs[key] = alike.needs
        if alike.own:
            self._segments[key] = WatchedSegment(
                key,
                segment,
                self._admission.seen[key],
                alike.own,
                self._past,
                self._units,
                self._admission,
                alike.timed,
                self._phases[key],
                self.budget,
                self.families,
            )
            self._in_order = []
            self.families.enter(alike.own, segment)

    def in_order(self) -> list[WatchedSegment]:
        """All, in the order in which their past is held: neighbours are read together."""
        if not self._in_order:
            self._in_order = sorted(
                self._segments.values(), key=lambda each: (each.phase, each.key)
            )
        return self._in_order

    def forget(self, keys: Iterable[str]) -> None:
        """These are no longer watched."""
        self._in_order = []
        for key in keys:
            self._needs.pop(key, None)
            view = self._segments.pop(key, None)
            if view is not None:
                self.families.leave(view.evaluators, view.segment)
