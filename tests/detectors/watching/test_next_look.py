"""Asking by time what goes by time gives the verdicts that asking always gives."""

from types import SimpleNamespace

import numpy as np
import pytest

from detectors.summaries import FlagCounts
from detectors.watching import moments
from detectors.watching import watched as watching
from detectors.watching.drift import Drift
from detectors.watching.verdict import UNCHANGED, Verdict
from detectors.watching.view import WatchedSegment
from schemas.panes import Pane, PaneBatch
from tests.detectors.watching.drifting import ERROR, START, monitor, raw

SEGMENTS = [{"service_name": f"s{number:02d}"} for number in range(12)]
# No multiple of ten seconds: at one, segments are due at their own second, when all is asked.
SHORT = {"windows_seconds": (120, 300), "interval_seconds": 45, "trailing_seconds": 1200}
Verdicts = list[tuple[int, str, Verdict]]


def traffic(make: SimpleNamespace, seed: int) -> list[PaneBatch]:
    """Fifty minutes: a segment has data every few seconds, or seldom; some turn bad, or silent."""
    random = np.random.default_rng(seed)
    rates = random.choice([0.02, 0.2, 0.6], len(SEGMENTS))
    rates[:2] = 0.02, 0.6
    found, now = [], START
    while now < START + 3000:
        begin, now = now, now + 5 * int(random.integers(1, 5))
        panes = []
        for start in range(begin, now, 5):
            for number in np.flatnonzero(random.random(len(SEGMENTS)) < rates).tolist():
                if number % 5 == 1 and now > START + 2400:
                    continue
                bad = random.binomial(20, 0.5 if number % 3 == 1 and now > START + 2000 else 0.05)
                late = 5 * int(random.integers(1, 90)) if random.random() < 0.05 else 0
                panes.append(
                    Pane(
                        start=max(start - late, START),
                        segment=SEGMENTS[number],
                        events=20,
                        signals=raw({"error": FlagCounts(20, int(bad))}),
                    )
                )
        found.append(make.batch(panes, until=now, pane_seconds=5))
    return found


def test_drift_asked_when_it_is_time_judges_as_if_asked_always(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, asked = Verdicts(), 0
    evaluate = Drift.evaluate

    def watched(self: Drift, view: WatchedSegment) -> Verdict:
        nonlocal asked
        verdict = evaluate(self, view)
        asked += 1
        if verdict is not UNCHANGED:
            told.append((view.at, view.key, verdict))
        return verdict

    monkeypatch.setattr(Drift, "evaluate", watched)
    # These are many segments, of which a moment makes few references ready: the others wait.
    monkeypatch.setattr(moments, "FEW", 5)
    monkeypatch.setattr(watching, "MOST", 3)
    runs = []
    for look in (Drift.next_look, lambda _, view: view.at):
        monkeypatch.setattr(Drift, "next_look", look)
        told, asked = [], 0
        run = make.run(monitor(ERROR, **SHORT))
        for number, each in enumerate(traffic(make, 1)):
            if number == 150:
                run.restart()
            run.apply(each)
        runs.append((told, run.alerts, asked))
    seldom, always = runs
    assert {verdict.outcome for _, _, verdict in always[0]} >= {"bad", "good", "unknown"}
    assert always[1]
    assert seldom[:2] == always[:2]
    assert seldom[2] < always[2]
