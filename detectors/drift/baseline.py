"""A signal's reference made ready: what is expected, and which difference means something."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.drift.calibration import Calibration, Null, log_more_looks
from detectors.drift.effects import effect_size
from detectors.drift.features import Features, differences, features_of, is_sound
from detectors.drift.resampling import Record
from detectors.drift.rhythm import Rhythm
from detectors.summaries import Summary, decode_summary, encode_summary, merge_summaries

Floats = NDArray[np.float64]

FEWEST_BLOCKS: Final = 12
"""A reference of fewer blocks, or less than twice the longest window, says too little of how much
traffic varies by itself."""

_SCREEN: Final = 0.7
"""Part of the score that an alarm takes, below which nothing is calibrated."""


class NotCalibrated(Exception):
    """A difference that may matter waits for its signal's calibration."""


class Stretch(Protocol):
    """A block of the reference."""

    @property
    def start(self) -> int:
        """Begin, in epoch seconds."""
        ...

    @property
    def events(self) -> int:
        """How many events."""
        ...

    @property
    def summary(self) -> Summary | None:
        """The signal's summary, where any is known."""
        ...


@dataclass(frozen=True)
class Finding:
    """How a window compares with its reference.

    ``log_rate`` is the logarithm of how often a second so large a difference comes by chance.
    ``recall`` gives the reference, which is looked at seldom.
    """

    window: int
    log_rate: float
    count: int
    now: Summary
    recall: Callable[[], Summary] = field(compare=False, repr=False)

    @cached_property
    def before(self) -> Summary:
        """The reference."""
        return self.recall()

    @cached_property
    def effect(self) -> float:
        """How large the difference is, at least 0."""
        return effect_size(self.before, self.now) or 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """A signal's reference. Made by :meth:`of`.

    ``means`` are the expected features, a row a phase of ``rhythm``; ``weights`` the events behind
    each row; ``before`` the reference of each row, encoded: thousands of segments have some.
    """

    windows: tuple[int, ...]
    block: int
    features: Features
    rhythm: Rhythm
    means: Floats
    weights: Floats
    before: tuple[bytes | None, ...]
    null: Null

    @property
    def calibration(self) -> Calibration:
        """How differences come by chance; costly the first time."""
        return self.null.calibration

    @classmethod
    def of(
        cls,
        blocks: Sequence[Stretch],
        *,
        block: int,
        windows: tuple[int, ...],
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
        random
            Source of the draws that thresholds rest on.
        again
            Reads the blocks once more when they are needed for calibration, which is seldom, so
            that they need not be held until then.
        """
        in_blocks = tuple(max(round(window / block), 1) for window in windows)
        found = _read(blocks, block, in_blocks[-1])
        if found is None:
            return None
        record, rhythm, before = found
        weights = np.bincount(record.rows, record.counts, rhythm.phases).astype(np.float64)

        def reread() -> Record | None:
            newly = None if again is None else _read(again(), block, in_blocks[-1])
            return None if newly is None else newly[0]

        return cls(
            windows,
            block,
            record.features,
            rhythm,
            record.means,
            weights,
            before,
            Null.of(record, in_blocks, random, (lambda: record) if again is None else reread),
        )

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
        events, expected = np.array(counts, np.float64), self._expected(at)
        statistics = differences(
            self.features, sums - events[:, None] * expected, events, expected
        ).T
        if level is not None:
            usual = statistics / self.null.limits(_SCREEN * (-level - math.log(self.block)))
            most = int(usual.argmax())
            if usual.item(most) < 1:
                place, rate = most % len(self.windows), -math.log(min(self.block, interval))
                return self._finding(place, rate, counts, now, at)
        if not self.null.calibrated and not may_calibrate():
            raise NotCalibrated
        scores = self.calibration.scores(statistics).max(axis=0)
        place = int(scores.argmax())
        score = float(scores[place])
        blocks = max(self.windows[place] / self.block, 1.0)
        rate = self.calibration.log_rate(score) - math.log(self.block)
        roughness = self.calibration.roughness[place] if self.calibration.roughness else 1.0
        rate += log_more_looks(score, blocks, self.block / interval, roughness)
        return self._finding(place, rate, counts, now, at)

    def _finding(
        self, place: int, rate: float, counts: list[int], now: Sequence[Summary | None], at: int
    ) -> Finding:
        present = now[place]
        assert present is not None  # noqa: S101 - it was counted
        window = self.windows[place]
        return Finding(window, rate, counts[place], present, partial(self._before, at, window))

    def _known(self, now: Sequence[Summary | None], minimum: int) -> tuple[list[int], Floats]:
        """Events and sums of features by window; none where there are fewer than the minimum."""
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


def _read(
    blocks: Sequence[Stretch], block: int, longest: int
) -> tuple[Record, Rhythm, tuple[bytes | None, ...]] | None:
    """The blocks as numbers, their rhythm, and the encoded reference of each of its phases."""
    kind = next((type(b.summary) for b in reversed(blocks) if b.summary is not None), None)
    known = [
        (b.start, b.summary)
        for b in blocks
        if b.summary is not None and type(b.summary) is kind and is_sound(b.summary)
    ]
    if len(known) < FEWEST_BLOCKS:
        return None
    features = features_of(reduce(merge_summaries, (summary for _, summary in known)))
    if features is None:
        return None
    found = [(start, summary, features.sums(summary)) for start, summary in known]
    usable = [(start, summary, pair) for start, summary, pair in found if pair is not None]
    if len(usable) < max(FEWEST_BLOCKS, 2 * longest):
        return None
    starts = np.array([start for start, *_ in usable])
    counts = np.array([count for *_, (count, _) in usable])
    sums = np.array([each for *_, (_, each) in usable])
    rhythm = Rhythm.of(starts, block)
    rows, size = rhythm.phase(starts), rhythm.phases
    weights = np.bincount(rows, counts, size).astype(np.float64)[:, None]
    totals = np.zeros((size, sums.shape[1]))
    np.add.at(totals, rows, sums)
    pooled = totals.sum(axis=0) / max(weights.sum(), 1)
    means = np.where(weights > 0, totals / np.maximum(weights, 1), pooled)
    before: dict[int, Summary] = {}
    for row, (_, summary, _) in zip(rows.tolist(), usable, strict=True):
        before[row] = merge_summaries(before[row], summary) if row in before else summary
    residuals = sums - counts[:, None] * means[rows]
    record = Record(features, means, rows, counts, residuals, rhythm.period // block, block)
    encoded = [encode_summary(before[row]) if row in before else None for row in range(size)]
    return record, rhythm, tuple(encoded)
