"""Drift monitors of the method *correlation*: whether signals still go together as they did."""

import math
from collections.abc import Sequence

import numpy as np

from detectors.drift.correlation import CorrelationShift, correlation_shift
from detectors.drift.counts import known_count
from detectors.watching.drift_methods import Method, Outcome, block_mean, past_blocks
from detectors.watching.drift_reference import blocks_of
from detectors.watching.verdict import Block, Measurement, SegmentView
from detectors.watching.wording import duration
from schemas.monitors.conditions import All, Present
from schemas.signals import Signal

_Means = dict[int, float]
"""By the block's begin."""


class Correlation(Method):
    """The correlation of two signals' block means, in the longest window and in the reference."""

    @property
    def comparisons(self) -> int:
        """Every pair."""
        return math.comb(len(self.monitor.signals), 2)

    def look(self, view: SegmentView, signal: Signal) -> tuple[Outcome, Measurement] | None:
        """The pair of this signal and a later one that changed most certainly."""
        names = [each.name for each in self.monitor.signals]
        window = self.monitor.windows_seconds[-1]
        begin, end = self.past.stretch(view)
        later = self.monitor.signals[names.index(signal.name) + 1 :]
        found: list[tuple[CorrelationShift, str]] = []
        for other in later:
            pair = (signal, other)
            before = [_means(blocks_of(self.past, view, each.name, begin, end)) for each in pair]
            now = [_means(self._recent(view, each, window)) for each in pair]
            shift = correlation_shift(_together(*before), _together(*now))
            if shift is not None:
                found.append((shift, other.name))
        if not found:
            return None
        shift, name = min(found, key=lambda pair: pair[0].probability)
        outcome = self.outcome(view, shift.probability, abs(shift.now - shift.before))
        how = "as they did" if outcome == "good" else "otherwise"
        summary = view.summary(signal.name, window)
        return outcome, Measurement(
            summary=(
                f"{signal.name} and {name} go together {how} over {duration(window)}: "
                f"correlation {shift.now:.2f} (was {shift.before:.2f})"
            ),
            description=f"Rank correlation of the means of blocks of {duration(self.past.block)}.",
            value=shift.now - shift.before,
            expected=0.0,
            window_seconds=window,
            events=known_count(summary),
            signal=signal.name,
            evidence=All(operands=(Present(name=signal.name), Present(name=name))),
        )

    def _recent(self, view: SegmentView, signal: Signal, window: int) -> Sequence[Block]:
        blocks = past_blocks(self, view, signal)
        return [block for block in blocks if block.start >= view.at - window]


def _means(blocks: Sequence[Block]) -> _Means:
    return {each.start: block_mean(each.summary) for each in blocks if each.summary is not None}


def _together(one: _Means, other: _Means) -> tuple[np.ndarray, np.ndarray]:
    """Both in the blocks that have both, in order of time."""
    starts = sorted(one.keys() & other.keys())
    first, second = ([each[start] for start in starts] for each in (one, other))
    return np.array(first), np.array(second)
