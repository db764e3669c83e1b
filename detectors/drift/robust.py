"""A reference without what stood out in it and is over."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from detectors.drift.baseline import Baseline, in_blocks
from detectors.drift.excursions import are_few, excursions, room_for
from detectors.drift.features import is_sound, sums_of
from detectors.drift.record_reading import Reading, Span, Stretch, read_record

_SELDOM: Final = 1000
"""Chance makes what is left out once in so many references, or less often."""


def robust_baseline(
    blocks: Sequence[Stretch],
    *,
    block: int,
    windows: tuple[int, ...],
    interval: int | None = None,
    random: np.random.Generator,
    again: Callable[[], Sequence[Stretch]] | None = None,
    level: float = 0.0,
) -> Baseline | None:
    """The baseline of these blocks without the stretches that the monitor would have alarmed on.

    Those that stand out (:func:`excursions`) are left out at first. When a calibration is needed,
    that of the rest tells how seldom chance makes as much as each of them, by the windows that it
    is in: only what is more seldom than ``level``, and than once in :data:`_SELDOM` references,
    stays left out, and nothing if that is more than a few stretches (:func:`are_few`).

    Parameters
    ----------
    blocks, block, windows, interval, random, again
        As of :meth:`Baseline.of`.
    level
        The rate of alarms that is borne, as a logarithm.
    """
    longest = in_blocks(windows, block)[-1]
    source = again or (lambda: blocks)

    def read(blocks: Sequence[Stretch], spans: Sequence[Span]) -> Reading | None:
        return read_record(_without(blocks, spans), block, longest)

    def made(reading: Reading, spans: Sequence[Span]) -> Baseline:
        found = Baseline.of_reading(
            reading, windows, interval or block, random, lambda: read(source(), spans)
        )
        return replace(found, left_out=tuple(spans))

    whole = read(blocks, ())
    if whole is None:
        return None
    starts = whole[0].starts
    seem = [
        (int(starts[begin]), int(starts[end - 1]) + block) for begin, end in excursions(whole[0])
    ]
    rest = read(blocks, seem) if seem else None
    # Without the first of three days, hours of the day could not be told apart.
    if rest is None or rest[2] != whole[2]:
        return made(whole, ())
    room = room_for(whole[0])
    rarity = min(level, -math.log(_SELDOM * block * len(starts)))

    def settle(provisional: Baseline) -> Baseline:
        found = source()
        if read(found, seem) is None:
            # The blocks are not to be had any more.
            return provisional
        sure = [span for span in seem if _log_rate(provisional, found, span) < rarity]
        kept = sure if are_few(sure, room) else []
        if kept == seem:
            return provisional
        reading = read(found, kept)
        return provisional if reading is None else made(reading, kept)

    return replace(made(rest, seem), settle=settle)


def _without(blocks: Sequence[Stretch], spans: Sequence[Span]) -> Sequence[Stretch]:
    if not spans:
        return blocks
    return [each for each in blocks if not any(begin <= each.start < end for begin, end in spans)]


def _log_rate(baseline: Baseline, blocks: Sequence[Stretch], span: Span) -> float:
    """How often a second, as a logarithm, chance makes what most stands out of a stretch left out.

    Of all windows that it is in, in its place among what is not left out.
    """
    others = [each for each in baseline.left_out if each != span]
    known = [
        (each.start, each.summary)
        for each in _without(blocks, others)
        if each.summary is not None and is_sound(each.summary)
    ]
    pairs = sums_of(baseline.features, [summary for _, summary in known])
    usable = [(start, *pair) for (start, _), pair in zip(known, pairs, strict=True) if pair]
    starts = np.array([start for start, *_ in usable])
    counts = np.array([count for _, count, _ in usable], np.float64)
    sums = np.array([each for *_, each in usable])
    expected = counts[:, None] * baseline.means[baseline.rhythm.phase(starts)]
    inside = (starts >= span[0]) & (starts < span[1])
    calibration, rate = baseline.calibration, 0.0
    for place, length in enumerate(in_blocks(baseline.windows, baseline.block)):
        overlaps, events, found, usual = (
            _slid(each, length) for each in (inside, counts, sums, expected)
        )
        at = overlaps > 0
        if not at.any():
            continue
        known_events = np.maximum(events[at], 1.0)
        statistics = np.zeros((len(known_events), *calibration.shape.shape))
        statistics[..., place] = baseline.statistics(
            known_events, found[at], usual[at] / known_events[:, None]
        )
        rate = min(rate, calibration.log_rate(float(calibration.scores(statistics).max())))
    return rate - math.log(baseline.block)


def _slid(each: np.ndarray, length: int) -> np.ndarray:
    """Sums of all stretches of so many blocks."""
    sums = np.cumsum(np.concatenate((0 * each[:1], each)), axis=0, dtype=np.float64)
    return np.asarray(sums[length:] - sums[:-length])
