"""Stretches of a reference that stand out from the rest of it, and are over: incidents of the past.

A reference that holds an incident takes it for something that chance makes, and the next one looks
usual. What seems to be one is looked for here, cheaply, since most references have none; whether it
is left out is decided when thresholds are calibrated (:mod:`detectors.drift.robust`).
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.calibration import sampling_noise
from detectors.drift.record import Record
from detectors.drift.record_reading import Span
from detectors.drift.rhythm import DAY, WEEK

Floats = NDArray[np.float64]
Blocks = tuple[int, int]
"""The numbers of the first block and of the one behind the last."""

MOST: Final = 2
"""What stands out more often than so is usual, and stays."""

SHARE: Final = 0.25
"""Part of the blocks that is left out at most; half a day where the reference does not tell days of
the week apart, for a Sunday is no excursion."""

_STANDS_OUT: Final = 5.0
"""Standard deviations, as of a normal value, beyond which a stretch is looked at more closely."""

_QUARTILE: Final = 0.6745
"""That of the normal distribution."""

_ROUNDS: Final = 8
"""As many stretches are taken out at most before all that is left is as usual."""


def excursions(record: Record) -> list[Blocks]:
    """The stretches that may be excursions, in order of time.

    Squared sums of so many blocks are held against the usual ones of as many: the strongest is
    taken out, and what is left is looked at again. Stretches nearer to each other than the longest
    window are one. What has not come back, by half of its way and for as long as it lasted, is
    none.
    """
    series = record.residuals * np.sqrt(record.features.weights)
    kept = np.ones(len(series), bool)
    found: list[Blocks] = []
    for _ in range(_ROUNDS):
        strongest = _strongest(record, series, kept)
        if strongest is None:
            break
        found = _merged([*found, strongest], record.longest)
        for begin, end in found:
            kept[begin:end] = False
        if kept.mean() < 0.5:
            return []
        series = _centred(record, series, kept)
    else:
        return []
    room = room_for(record) / record.block
    over = [(b, e) for b, e in found if e - b <= room and _came_back(record, series, kept, (b, e))]
    return over if len(over) <= 2 * MOST else []


def room_for(record: Record) -> float:
    """How many seconds may be left out at most."""
    room = SHARE * len(record.counts) * record.block
    return room if record.period * record.block >= WEEK else min(room, DAY / 2)


def are_few(spans: Sequence[Span], room: float) -> bool:
    """Whether stretches are as few, and as short, as what is not usual.

    No more than :data:`MOST`, so many seconds in all, and not at the same hours of two days.
    """

    def at_same_hours(one: Span, other: Span) -> bool:
        days = round((other[0] - one[0]) / DAY) * DAY
        return days != 0 and one[0] + days < other[1] and other[0] < one[1] + days

    return (
        len(spans) <= MOST
        and sum(end - begin for begin, end in spans) <= room
        and not any(at_same_hours(*pair) for pair in combinations(spans, 2))
    )


def _strongest(record: Record, series: Floats, kept: NDArray[np.bool_]) -> Blocks | None:
    """The stretch that stands out most, if any does."""
    sums, events = _running(record, series, kept)
    longest = max(int(SHARE / 2 * len(series)), 1)
    best, place, mean, variance = _STANDS_OUT, None, 0.0, 0.0
    for length in (2**n for n in range(longest.bit_length())):
        roots = np.cbrt(_ratios(sums[length:] - sums[:-length], events[length:] - events[:-length]))
        top, quarter = int(roots.argmax()), len(roots) // 4
        ordered = np.partition(roots, (quarter, 2 * quarter))
        middle = ordered.item(2 * quarter)
        spread = ((middle - ordered.item(quarter)) / _QUARTILE) ** 2
        # What wanders makes the more, the longer: of few long stretches the shorter ones tell.
        mean = max(mean, middle**3 + 3 * middle * spread)
        squares = 9 * middle**4 * spread + 36 * middle**2 * spread**2 + 15 * spread**3
        variance = max(variance, squares)
        far = _deviation(roots.item(top), mean, variance)
        if far > best:
            noise = sampling_noise(record.features, record.counts, np.array([length]))
            if noise is not None:
                moments = max(mean, noise[0].item()), max(variance, noise[1].item())
                far = _deviation(roots.item(top), *moments)
        if far > best:
            best, place = far, (top, top + length)
    while place is not None and (better := _bounds(sums, events, place)) != place:
        place = better
    return place


def _deviation(root: float, mean: float, variance: float) -> float:
    """How far out the cube root of a gamma variate is, in standard deviations.

    Such roots are nearly normal (Wilson and Hilferty 1931).
    """
    part = variance / max(9 * mean**2, 1e-300)
    return (root / math.cbrt(max(mean, 1e-300)) - 1 + part) / max(math.sqrt(part), 1e-9)


def _ratios(moved: Floats, events: Floats) -> Floats:
    """Squared sums an event: log-likelihood ratios, twice, of events that are independent."""
    return np.asarray(np.einsum("ij,ij->i", moved, moved) / np.maximum(events, 1.0))


def _bounds(sums: Floats, events: Floats, span: Blocks) -> Blocks:
    """The stretch about there that differs most likely: first its begin, then its end."""
    begin, end = span
    length = end - begin
    begins = np.arange(max(begin - length, 0), end)
    begin = int(begins[_ratios(sums[end] - sums[begins], events[end] - events[begins]).argmax()])
    ends = np.arange(begin + 1, min(end + length, len(events) - 1) + 1)
    end = int(ends[_ratios(sums[ends] - sums[begin], events[ends] - events[begin]).argmax()])
    return begin, end


def _running(record: Record, series: Floats, kept: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Running sums of what is kept, and of its events, from 0 on."""
    sums = np.zeros((len(series) + 1, series.shape[1]))
    np.cumsum(series * kept[:, None], axis=0, out=sums[1:])
    return sums, np.append(0.0, np.cumsum(record.counts * kept))


def _centred(record: Record, series: Floats, kept: NDArray[np.bool_]) -> Floats:
    """The series less what blocks that are kept let expect of their phase."""
    rows, size = record.rows, len(record.means)
    events = np.bincount(rows[kept], record.counts[kept], size)
    sums = np.zeros((size, series.shape[1]))
    np.add.at(sums, rows[kept], series[kept])
    means = sums / np.maximum(events, 1.0)[:, None]
    return np.asarray(series - record.counts[:, None] * means[rows])


def _merged(spans: list[Blocks], apart: int) -> list[Blocks]:
    found: list[Blocks] = []
    for begin, end in sorted(spans):
        if found and begin - found[-1][1] <= apart:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _came_back(record: Record, series: Floats, kept: NDArray[np.bool_], span: Blocks) -> bool:
    """Whether as many blocks as it has are behind it, and less than half as far out."""
    begin, end = span
    behind = np.flatnonzero(kept[end:])[: end - begin] + end
    if len(behind) < end - begin:
        return False

    def mean(blocks: slice | NDArray[np.int64]) -> Floats:
        return np.asarray(series[blocks].sum(axis=0) / max(record.counts[blocks].sum(), 1))

    away = mean(slice(begin, end))
    return bool(mean(behind) @ away < 0.5 * (away @ away))
