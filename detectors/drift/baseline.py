"""A signal's reference made ready: what is expected, and which difference means something."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.calibration import MOST_LOOKS, Calibration, Null, log_more_looks
from detectors.drift.effects import effect_size
from detectors.drift.features import Features, differences
from detectors.drift.record import Record
from detectors.drift.record_reading import Reading, Span, Stretch, read_record
from detectors.drift.rhythm import Rhythm
from detectors.drift.vector_features import VectorFeatures
from detectors.summaries import Summary, decode_summary, merge_summaries

Floats = NDArray[np.float64]

_SCREEN: Final = 0.7
"""Part of the score that an alarm takes, below which nothing is calibrated."""


class NotCalibrated(Exception):
    """A difference that may matter waits for its signal's calibration."""


@dataclass(frozen=True)
class Finding:
    """How a window compares with its reference.

    ``log_rate`` is the logarithm of how often a second so large a difference comes by chance.
    ``recall`` gives the reference, which is looked at seldom, and ``left_out`` tells what is not in
    it.
    """

    window: int
    log_rate: float
    count: int
    now: Summary
    recall: Callable[[], Summary] = field(compare=False, repr=False)
    left_out: tuple[Span, ...] = ()

    @cached_property
    def before(self) -> Summary:
        """The reference."""
        return self.recall()

    @cached_property
    def effect(self) -> float:
        """How large the difference is, at least 0."""
        return effect_size(self.before, self.now) or 0.0


@dataclass(frozen=True)
class Baseline:
    """A signal's reference. Made by :meth:`of`.

    ``means`` are what is expected of an event, a row a phase of ``rhythm``; ``weights`` the events
    behind each row; ``before`` the reference of each row, encoded: thousands of segments have some.
    ``left_out`` are stretches that are in none of these; ``settle`` gives what to judge by where
    that is not sure yet (:func:`detectors.drift.robust.robust_baseline`).
    """

    windows: tuple[int, ...]
    block: int
    features: Features
    rhythm: Rhythm
    means: Floats
    weights: Floats
    before: tuple[bytes | None, ...]
    null: Null
    left_out: tuple[Span, ...] = ()
    settle: "Callable[[Baseline], Baseline] | None" = field(default=None, repr=False)

    @property
    def calibration(self) -> Calibration:
        """How differences come by chance; costly the first time."""
        return self.null.calibration

    @cached_property
    def settled(self) -> "Baseline":
        """What to judge by: itself, or another one; costs a calibration the first time."""
        return self if self.settle is None else self.settle(self)

    @classmethod
    def of(
        cls,
        blocks: Sequence[Stretch],
        *,
        block: int,
        windows: tuple[int, ...],
        interval: int | None = None,
        random: np.random.Generator,
        again: Callable[[], Sequence[Stretch]] | None = None,
    ) -> "Baseline | None":
        """The baseline of these blocks, in order of time; ``None`` where they are too few.

        Parameters
        ----------
        blocks
            The reference. Summaries of another class than the newest one's are left out.
        block
            Seconds of a block.
        windows
            Windows to be judged, in seconds, ascending; parts of a block count as a whole one.
        interval
            Seconds between judgements, where that is not a block.
        random
            Source of the draws that thresholds rest on.
        again
            Reads the blocks once more when they are needed for calibration, which is seldom, so
            that they need not be held until then.
        """
        longest, source = in_blocks(windows, block)[-1], again or (lambda: blocks)
        found = read_record(blocks, block, longest)
        if found is None:
            return None
        return cls.of_reading(
            found,
            windows,
            interval or block,
            random,
            lambda: read_record(source(), block, longest),
        )

    @classmethod
    def of_reading(
        cls,
        reading: Reading,
        windows: tuple[int, ...],
        interval: int,
        random: np.random.Generator,
        again: Callable[[], Reading | None],
    ) -> "Baseline":
        """The baseline of blocks that are read; ``again`` reads them once more for calibration."""

        def reread() -> Record | None:
            newly = again()
            return None if newly is None else newly[0]

        record, means, rhythm, before = reading
        block = record.block
        looks = min(max(round(block / interval), 1), MOST_LOOKS)
        weights = np.bincount(record.rows, record.counts, rhythm.phases).astype(np.float64)
        null = Null.of(record, in_blocks(windows, block), looks, random, reread)
        return cls(windows, block, record.features, rhythm, means, weights, before, null)

    def judge(
        self,
        now: Sequence[Summary | None],
        at: int,
        *,
        minimum: int,
        interval: int,
        level: float | None = None,
        may_calibrate: Callable[[], bool] = lambda: True,
    ) -> Finding | None:
        """Compare the windows that end at ``at`` with the reference.

        Parameters
        ----------
        now
            A summary a window of :attr:`windows`.
        at
            The moment, in epoch seconds.
        minimum
            Windows with fewer known values are not judged.
        interval
            Seconds between judgements: more looks than blocks make more chances to be wrong.
        level
            The rate that matters, as a logarithm. What is far from so rare even if blocks were
            all alike is told to come at every judgement, and nothing is calibrated for it.
        may_calibrate
            Asked before a calibration, which takes some tenths of a second.

        Returns
        -------
        Finding or None
            Of the window that differs most; ``None`` where none can be judged.

        Raises
        ------
        NotCalibrated
            It would have to be calibrated first, and may not.
        """
        counts, sums = self._known(now, minimum)
        if not any(counts):
            return None
        statistics = self.statistics(np.array(counts, np.float64), sums, self._expected(at)).T
        if level is not None:
            usual = statistics / self.null.limits(_SCREEN * (-level - math.log(self.block)))
            most = int(usual.argmax())
            if usual.item(most) < 1:
                place, rate = most % len(self.windows), -math.log(min(self.block, interval))
                return self._finding(place, rate, counts, now, at)
        if not self.null.calibrated and not may_calibrate():
            raise NotCalibrated
        if self.settled is not self:
            return self.settled.judge(
                now,
                at,
                minimum=minimum,
                interval=interval,
                level=level,
                may_calibrate=may_calibrate,
            )
        scores = self.calibration.scores(statistics).max(axis=0)
        place = int(scores.argmax())
        score = float(scores[place])
        blocks = max(self.windows[place] / self.block, 1.0)
        rate = self.calibration.log_rate(score) - math.log(self.block)
        often, looks = self.block / interval, self.calibration.looks
        if often != looks:
            roughness = self.calibration.roughness[place] if self.calibration.roughness else 1.0
            rate += log_more_looks(score, blocks, often, looks, roughness)
        return self._finding(place, rate, counts, now, at)

    def statistics(self, events: Floats, sums: Floats, expected: Floats) -> Floats:
        """How far the sums of so many events are from what is expected an event, by group."""
        features = self.features
        residuals = features.scaled(sums - events[..., None] * expected)
        means = expected if features.rates is None else features.scaled(expected)
        return differences(features, residuals, events, means)

    def _finding(
        self, place: int, rate: float, counts: list[int], now: Sequence[Summary | None], at: int
    ) -> Finding:
        present = now[place]
        assert present is not None  # noqa: S101 - it was counted
        window = self.windows[place]
        recall = partial(self._before, at, window)
        return Finding(window, rate, counts[place], present, recall, self.left_out)

    def _known(self, now: Sequence[Summary | None], minimum: int) -> tuple[list[int], Floats]:
        """Events and sums of features by window; none where there are fewer than the minimum."""
        if isinstance(self.features, VectorFeatures):
            return self.features.known(now, minimum)
        nothing = np.zeros(self.means.shape[1])
        counts, sums = [0] * len(self.windows), [nothing] * len(self.windows)
        for place, summary in enumerate(now):
            pair = None if summary is None else self.features.sums(summary)
            if pair is not None and pair[0] >= minimum:
                counts[place], sums[place] = pair
        return counts, np.array(sums)

    def _expected(self, at: int) -> Floats:
        """Expected features an event, a row a window, or one for all."""
        if not self.rhythm.period:
            return self.means
        found = np.zeros((len(self.windows), len(self.means)))
        for place, window in enumerate(self.windows):
            rows, seconds = self.rhythm.overlaps(at, window)
            found[place, rows] = np.maximum(self.weights[rows], 1e-9) * seconds
        expected: Floats = found @ self.means / found.sum(axis=1)[:, None]
        return expected

    def _before(self, at: int, window: int) -> Summary:
        """The reference of the window's phases; of all where it has none of them."""
        found = [self.before[row] for row in self.rhythm.overlaps(at, window)[0]]
        known = [each for each in found if each is not None] or [b for b in self.before if b]
        return reduce(merge_summaries, map(decode_summary, known))


def in_blocks(windows: tuple[int, ...], block: int) -> tuple[int, ...]:
    """Windows in blocks; parts of a block count as a whole one."""
    return tuple(max(round(window / block), 1) for window in windows)
