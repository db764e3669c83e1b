"""A signal's reference made ready: what is expected, and which difference means something."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.drift.calibration import Calibration, Null
from detectors.drift.effects import effect_size
from detectors.drift.features import Features, differences, features_of, is_sound
from detectors.summaries import Summary, merge_summaries

Floats = NDArray[np.float64]

DAY: Final = 86400
HOUR: Final = 3600
FEWEST_BLOCKS: Final = 12
"""A reference of fewer blocks, or less than twice the longest window, says too little of how much
traffic varies by itself."""

_SCREEN: Final = 0.7
"""Part of the score that an alarm takes, below which nothing is calibrated."""

_DAYS_FOR_HOURS: Final = 3
"""Days from which each hour is held against the same hours of the reference."""


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


@dataclass(frozen=True, slots=True)
class Finding:
    """How a window compares with its reference.

    ``log_rate`` is the logarithm of how often a second so large a difference comes by chance.
    """

    window: int
    log_rate: float
    count: int
    before: Summary
    now: Summary

    @property
    def effect(self) -> float:
        """How large the difference is, at least 0."""
        return effect_size(self.before, self.now) or 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """A signal's reference. Made by :meth:`of`.

    ``means`` are the expected features, a row an hour of the day (one row where the hours are not
    told apart); ``weights`` the events behind each row; ``before`` the reference of each row.
    """

    windows: tuple[int, ...]
    block: int
    features: Features
    means: Floats
    weights: Floats
    before: tuple[Summary | None, ...]
    whole: Summary
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
        """
        kind = next((type(b.summary) for b in reversed(blocks) if b.summary is not None), None)
        in_blocks = tuple(max(round(window / block), 1) for window in windows)
        known = [
            b
            for b in blocks
            if b.summary is not None and type(b.summary) is kind and is_sound(b.summary)
        ]
        if len(known) < FEWEST_BLOCKS:
            return None
        summaries = [b.summary for b in known if b.summary is not None]
        whole = reduce(merge_summaries, summaries)
        features = features_of(whole)
        if features is None:
            return None
        found = [features.sums(summary) for summary in summaries]
        usable = [place for place, pair in enumerate(found) if pair is not None]
        if len(usable) < max(FEWEST_BLOCKS, 2 * in_blocks[-1]):
            return None
        starts = np.array([known[place].start for place in usable])
        pairs = [pair for pair in found if pair is not None]
        counts = np.array([count for count, _ in pairs])
        sums = np.array([each for _, each in pairs])
        rows, correction = _hours(starts)
        size = int(rows.max()) + 1 if correction == 1.0 else 24
        weights = np.bincount(rows, counts, size).astype(np.float64)
        totals = np.zeros((size, sums.shape[1]))
        np.add.at(totals, rows, sums)
        pooled = totals.sum(axis=0) / max(weights.sum(), 1)
        means = np.where(weights[:, None] > 0, totals / np.maximum(weights, 1)[:, None], pooled)
        residuals = (sums - counts[:, None] * means[rows]) * correction
        before: list[Summary | None] = [None] * size
        for row, place in zip(rows.tolist(), usable, strict=True):
            mine, summary = before[row], summaries[place]
            before[row] = summary if mine is None else merge_summaries(mine, summary)
        return cls(
            windows,
            block,
            features,
            means,
            weights,
            tuple(before),
            whole,
            Null(features, pooled, counts, residuals, in_blocks, random=random),
        )

    def judge(
        self,
        now: Sequence[Summary | None],
        at: int,
        *,
        minimum: int,
        interval: int,
        level: float | None = None,
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
            all alike is told to come once a block, and nothing is calibrated for it.

        Returns
        -------
        Finding or None
            Of the window that differs most; ``None`` where none can be judged.
        """
        statistics = np.zeros((len(self.features.groups), len(self.windows)))
        counts = [0] * len(self.windows)
        for place, (window, summary) in enumerate(zip(self.windows, now, strict=True)):
            pair = None if summary is None else self.features.sums(summary)
            if pair is None or pair[0] < minimum:
                continue
            counts[place], sums = pair
            expected = self._expected(at, window)
            statistics[:, place] = differences(
                self.features,
                sums - counts[place] * expected,
                np.array(float(counts[place])),
                expected,
            )
        if not any(counts):
            return None
        usual, scores = False, statistics.max(axis=0)
        if level is not None:
            scores = self.null.alone.scores(statistics).max(axis=0)
            usual = bool((scores < _SCREEN * (-level - np.log(self.block))).all())
        if not usual:
            scores = self.calibration.scores(statistics).max(axis=0)
        place = int(np.argmax(np.where(np.array(counts) > 0, scores, -1.0)))
        present = now[place]
        assert present is not None  # noqa: S101 - it was counted
        before = self._before(at, self.windows[place])
        rate = 0.0 if usual else self.calibration.log_rate(float(scores[place]))
        rate -= float(np.log(self.block))
        return Finding(
            window=self.windows[place],
            log_rate=rate + float(np.log(max(self.block / interval, 1.0))),
            count=counts[place],
            before=before,
            now=present,
        )

    def _rows(self, at: int, window: int) -> list[int]:
        """The hours of the day that the window touches, once each."""
        if len(self.means) == 1 or window >= DAY:
            return list(range(len(self.means)))
        first, last = (at - window) // HOUR, (at - 1) // HOUR
        return [hour % 24 for hour in range(first, last + 1)]

    def _expected(self, at: int, window: int) -> Floats:
        rows = self._rows(at, window)
        overlap = np.array([self._seconds(at, window, row) for row in rows])
        weights = overlap * np.maximum(self.weights[rows], 1e-9)
        expected: Floats = weights @ self.means[rows] / weights.sum()
        return expected

    def _seconds(self, at: int, window: int, row: int) -> float:
        """How much of the window lies in an hour of the day."""
        if len(self.means) == 1 or window >= DAY:
            return 1.0
        begin = at - window
        hour = begin // HOUR + (row - begin // HOUR) % 24
        return float(min((hour + 1) * HOUR, at) - max(hour * HOUR, begin))

    def _before(self, at: int, window: int) -> Summary:
        found = [self.before[row] for row in self._rows(at, window)]
        known = [summary for summary in found if summary is not None]
        return reduce(merge_summaries, known) if known else self.whole


def _hours(starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], float]:
    """The row of every block, and what residuals lack since each shaped its own expectation.

    Hours of the day where the blocks cover days enough, else one row for all.
    """
    days = len(np.unique(starts // DAY))
    if days < _DAYS_FOR_HOURS or np.ptp(starts) < (_DAYS_FOR_HOURS - 1) * DAY:
        return np.zeros(len(starts), np.int64), 1.0
    return starts % DAY // HOUR, float(np.sqrt(days / (days - 1)))
