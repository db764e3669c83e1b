"""Drift monitors of the method *shift*: signals against a reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from typing import Final
from zlib import crc32

import numpy as np

from detectors.drift.baseline import Baseline, Finding, NotCalibrated
from detectors.drift.counts import known_count, missing
from detectors.drift.discoveries import benjamini_hochberg
from detectors.drift.effects import SETTLED
from detectors.drift.models import MODEL_SIGNAL, models_of
from detectors.drift.rate_curve import RELIEF
from detectors.drift.robust import robust_baseline
from detectors.drift.witness import grown_side
from detectors.summaries import CategoryCounts, Summary
from detectors.watching.drift_models import EmbeddingModels
from detectors.watching.drift_reference import Past, blocks_of, due, next_due
from detectors.watching.drift_tracks import (
    Track,
    blocks_of_track,
    evidence_of,
    never_lacking,
    shares_of,
    topics_of,
    tracks_of,
)
from detectors.watching.drift_words import chance, change, moved, statistics, without
from detectors.watching.needs import EVENTS, Need
from detectors.watching.verdict import (
    BETWEEN,
    GOOD,
    UNCHANGED,
    UNKNOWN,
    Block,
    Level,
    Measurement,
    SegmentView,
    Verdict,
)
from detectors.watching.wording import duration, moment
from detectors.watching.work_budget import CALIBRATION
from schemas.alerts import MonitorKind
from schemas.monitors.conditions import Condition
from schemas.monitors.resolve_drift_reference import FEWEST_BLOCKS
from schemas.monitors.resolved import DriftMonitor

_Findings = list[tuple[Track, Finding]]

_SEED: Final = 5
_CALM: Final = log(RELIEF)

_SWEPT: Final = 1000
"""As many segments more, and those long gone are forgotten."""


def _rarity(found: tuple[Track, Finding]) -> float:
    return found[1].log_rate


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a segment is held against until the reference moves on."""

    begin: int
    end: int
    baselines: dict[Track, Baseline]
    models: tuple[str, ...]


_NOTHING: Final = _Ready(0, 0, {}, ())
"""No baseline yet: the segment is warming up."""


class Drift:
    """Bad while a signal differs from its reference; good when all differ as by chance alone.

    A difference counts by how rarely the reference's own blocks, resampled, make as much
    (:mod:`detectors.drift.calibration`); of all signals and segments of the monitor's family
    (:mod:`detectors.watching.families`) those stand out that Benjamini and Hochberg's procedure
    leaves. Unknown while the reference is too short, or no window has events enough. Baselines are
    computed from the past that is held, at fixed moments, or when it is the segment's turn: of
    thousands each waits for its own (:class:`WorkBudget`), with the baseline before or, while there
    is none, openly without a verdict.
    """

    kind: MonitorKind = "drift"

    def __init__(self, monitor: DriftMonitor) -> None:
        self.monitor: DriftMonitor = monitor
        self._past = Past(monitor)
        self._baselines: dict[str, _Ready] = {}
        self._postponed: set[str] = set()
        self._judged: tuple[str, int, _Findings] | None = None
        self._level = -log(monitor.false_alarm_seconds)

    @property
    def needs(self) -> Sequence[Need]:
        """Every signal, and the topics that tell what moved, as far back as the reference."""
        names = {signal.name for signal in self.monitor.signals}
        beside = {topic for signal in self.monitor.signals if (topic := topics_of(signal))}
        if any(signal.kind == "vector" for signal in self.monitor.signals):
            beside.add(MODEL_SIGNAL)
        return [self._past.need(name, detailed=name in names) for name in sorted(names | beside)]

    def evaluate(self, view: SegmentView) -> Verdict:
        """Compare every signal with its reference."""
        key = view.key
        turn = key in self._postponed and view.budget.has_turn(view.at, (self.monitor.name, key))
        if not turn and not due(view, self.monitor.interval_seconds):
            return UNCHANGED
        self._postponed.discard(key)
        try:
            findings = self._findings(view)
        except NotCalibrated:
            return UNCHANGED
        alarms = sorted(self._alarms(view, findings), key=_rarity)
        levels = [Level(track.label, self.monitor.severity, 0) for track, _ in alarms]
        levels += self._models(view).levels
        if levels:
            return Verdict("bad", tuple(levels))
        if not findings:
            return UNKNOWN
        least = SETTLED * self.monitor.minimum_effect
        calm = all(
            finding.log_rate > self._level + _CALM or finding.effect < least
            for _, finding in findings
        )
        return GOOD if calm else BETWEEN

    def next_look(self, view: SegmentView) -> int:
        """The next judgement, but for what waits for its turn."""
        return next_due(view, self.monitor.interval_seconds)

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The signal that differs most, or that did when it fired; the others by name."""
        try:
            findings = self._findings(view)
        except NotCalibrated:
            findings = []
        models = self._models(view)
        if level == MODEL_SIGNAL:
            return models.measure(resolved=resolved)
        if not findings:
            why = models.why or "not enough data"
            return Measurement(summary=f"not compared with the reference: {why}")
        decided = [each for each in findings if each[0].label == level]
        alarms = (decided if resolved else self._alarms(view, findings)) or findings
        track, finding = min(alarms, key=_rarity)
        unit = "1" if track.lacking else view.unit(track.name)
        what = change(finding, unit, lacking=track.lacking)
        topics, evidence = self._topics(view, track, finding)
        ready = self._baselines.get(view.key, _NOTHING)
        words = "no longer stands out from its reference" if resolved else "has drifted"
        others = [] if resolved else [t.name for t, _ in alarms if t.name != track.name]
        count = len(set(others))
        more = f", and {count} more signal{'' if count == 1 else 's'}" if others else ""
        return Measurement(
            summary=f"{track.name} {words} over {duration(finding.window)}: {what}{topics}{more}",
            description=" ".join(
                filter(
                    None,
                    (
                        statistics(finding, unit),
                        "" if resolved else chance(finding.log_rate, ready.end - ready.begin),
                        f"Also: {', '.join(dict.fromkeys(others))}." if others else "",
                        f"The reference is of {moment(ready.begin)} to {moment(ready.end)} UTC"
                        f"{self._past.whose(view, ready.begin, ready.end)}.",
                        without(finding.left_out),
                    ),
                )
            ),
            value=finding.effect,
            expected=self.monitor.minimum_effect,
            window_seconds=finding.window,
            events=finding.count,
            signal=track.name,
            shares=shares_of(track, finding),
            evidence=evidence,
        )

    def _alarms(self, view: SegmentView, findings: _Findings) -> _Findings:
        # A signal that no event of the reference lacks is lacking by chance next to never: it must
        # not make the others need more certainty.
        never = [never_lacking(*each) for each in findings]
        found, others = [], view.others(self.monitor)
        for group in (False, True):
            some = [each for each, alone in zip(findings, never, strict=True) if alone is group]
            rates = [finding.log_rate for _, finding in some]
            chosen = benjamini_hochberg(rates, self._level, others)
            found += [
                (track, finding)
                for (track, finding), stands_out in zip(some, chosen, strict=True)
                if stands_out and finding.effect >= self.monitor.minimum_effect
            ]
        return found

    def _findings(self, view: SegmentView) -> _Findings:
        key = view.key
        judged = self._judged
        if judged is not None and judged[:2] == (key, view.at):
            return judged[2]
        monitor, found = self.monitor, _Findings()
        ready = self._ready(key, view)
        may_calibrate = partial(self._may, key, view, CALIBRATION)
        compare = self._models(view).compare
        for track, baseline in ready.baselines.items():
            if not compare and track.signal.kind == "vector":
                continue
            now = [self._now(view, track, window) for window in monitor.windows_seconds]
            finding = baseline.judge(
                now,
                view.at,
                minimum=monitor.minimum_events,
                interval=monitor.interval_seconds,
                level=self._level,
                may_calibrate=may_calibrate,
            )
            if finding is not None:
                found.append((track, finding))
        self._judged = key, view.at, found
        return found

    def _models(self, view: SegmentView) -> EmbeddingModels:
        ready = self._baselines.get(view.key, _NOTHING)
        return EmbeddingModels(self.monitor, ready.models, view)

    def _ready(self, key: str, view: SegmentView) -> "_Ready":
        """The segment's baselines, made anew when the reference has moved, and it is its turn."""
        begin, end = self._past.stretch(view)
        ready = self._baselines.get(key, _NOTHING)
        if (ready.begin, ready.end) == (begin, end):
            return ready
        work = sum(len(tracks_of(signal)) for signal in self.monitor.signals)
        if end - begin >= FEWEST_BLOCKS * self._past.block and not self._may(key, view, work):
            return ready
        made: dict[Track, Baseline] = {}
        for signal in self.monitor.signals:
            blocks = blocks_of(self._past, view, signal.name, begin, end)
            for track in tracks_of(signal):
                seed = [_SEED, crc32(track.name.encode()), track.lacking]
                baseline = robust_baseline(
                    blocks_of_track(blocks, track),
                    again=partial(self._blocks, view, track, begin, end),
                    block=self._past.block,
                    windows=self.monitor.windows_seconds,
                    interval=self.monitor.interval_seconds,
                    random=np.random.default_rng(seed),
                    level=self._level,
                )
                if baseline is not None:
                    made[track] = baseline
        models: tuple[str, ...] = ()
        if any(signal.kind == "vector" for signal in self.monitor.signals):
            told = blocks_of(self._past, view, MODEL_SIGNAL, begin, end)
            models = models_of(block.summary for block in told)
        if len(self._baselines) >= _SWEPT and not len(self._baselines) % _SWEPT:
            stale = end - 4 * (end - begin)
            self._baselines = {k: r for k, r in self._baselines.items() if r.end > stale}
        ready = self._baselines[key] = _Ready(begin, end, made, models)
        return ready

    def _may(self, key: str, view: SegmentView, work: int) -> bool:
        """Whether so much work may be done for the segment now; else it is looked at again."""
        if view.budget.take(view.at, (self.monitor.name, key), work):
            return True
        self._postponed.add(key)
        return False

    def _blocks(self, view: SegmentView, track: Track, begin: int, end: int) -> Sequence[Block]:
        return blocks_of_track(blocks_of(self._past, view, track.name, begin, end), track)

    @staticmethod
    def _now(view: SegmentView, track: Track, window: int) -> Summary | None:
        summary = view.summary(track.name, window)
        if not track.lacking:
            return summary
        return missing(view.flag(EVENTS, window).count, known_count(summary))

    def _topics(
        self, view: SegmentView, track: Track, finding: Finding
    ) -> tuple[str, Condition | None]:
        """What an embedding's drift is about in words, and the events that show any drift."""
        name = topics_of(track.signal)
        if not name or track.lacking:
            return "", evidence_of(track, finding)
        begin, end = self._past.stretch(view)
        before = CategoryCounts.empty()
        for block in blocks_of(self._past, view, name, begin, end):
            if isinstance(block.summary, CategoryCounts):
                before = before.merge(block.summary)
        now = view.summary(name, finding.window)
        if not isinstance(now, CategoryCounts):
            return "", None
        words = moved(before, now)
        return f"; topics: {words}" if words else "", grown_side(name, before, now)
