"""The counts that budgets are made of, read from stored windows."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from detectors.objectives.series import Series
from detectors.watching.needs import watches
from detectors.watching.slices import SliceSource, slice_source
from schemas.monitors.resolved import BurnRateMonitor, CompositeMonitor
from schemas.segments import parse_segment_key
from streams.objectives.source import FlagSource

HOUR: Final = 3600
_BY_MINUTE: Final = 26 * HOUR
"""How far back windows of a minute are read, so that windows of a day end exactly."""

Objective = BurnRateMonitor | CompositeMonitor


class Counts(Struct, frozen=True, kw_only=True):
    """One indicator of an objective in one segment, in slices where there are any."""

    target: float
    weight: float
    series: Series
    seen_since: int


def counts_by_segment(
    objective: Objective, source: FlagSource, begin: int, edge: int, until: int
) -> dict[str, list[Counts]]:
    """By segment key, the counts of all parts of the objective, where any part has some.

    ``edge`` is where the budget's window begins, ``begin`` where anything is looked at.
    """
    parts: list[tuple[str, float, float, SliceSource | None]] = []
    if isinstance(objective, BurnRateMonitor):
        signal = objective.indicator.signal.name
        parts.append(
            (signal, objective.target, 1.0, slice_source(objective.name, signal, objective.slices))
        )
    else:
        for part in objective.parts:
            signal = part.indicator.signal.name
            slices = slice_source(f"{objective.name}.{part.name}", signal, part.slices)
            parts.append((signal, part.target, part.weight, slices))
    empty = [
        Counts(target=target, weight=weight, series=Series.of(()), seen_since=until)
        for _, target, weight, _ in parts
    ]
    found: dict[str, list[Counts]] = {}
    for place, (signal, target, weight, slices) in enumerate(parts):
        rows: dict[str, list[tuple[int, int, int, int]]] = {}
        by_minute = slices is not None and slices.seconds < HOUR
        for resolution, first, last in _stretches(begin, edge, until, by_minute=by_minute):
            windows = source.flags(signal, objective.segmentation, resolution, first, last)
            for key, each in windows.items():
                rows.setdefault(key, []).extend(each)
        for key, each in rows.items():
            if watches(objective, parse_segment_key(key)):
                series = _series(each, slices, until)
                first = each[0][0]
                found.setdefault(key, list(empty))[place] = Counts(
                    target=target, weight=weight, series=series, seen_since=first
                )
    return found


def _stretches(begin: int, edge: int, until: int, *, by_minute: bool) -> list[tuple[int, int, int]]:
    """Resolution, begin and end of the windows that are read.

    Hours, but minutes near the end and where ``edge`` is within an hour; or minutes alone.
    """
    first = begin // HOUR * HOUR
    fine = first if by_minute else max((until - _BY_MINUTE) // HOUR * HOUR, first)
    cut = edge // HOUR * HOUR if edge % HOUR else fine
    found = [(HOUR, first, fine), (60, fine, until)]
    if first <= cut < fine:
        after = cut + HOUR
        found = [(HOUR, first, cut), (60, cut, after), (HOUR, after, fine), (60, fine, until)]
    return [each for each in found if each[1] < each[2]]


def _series(
    rows: Sequence[tuple[int, int, int, int]], slices: SliceSource | None, until: int
) -> Series:
    if slices is None:
        return Series.of((begin, end, known, known - true) for begin, end, known, true in rows)
    length = slices.seconds
    sums: dict[int, list[int]] = {}
    for begin, _, known, true in rows:
        mine = sums.setdefault(begin // length * length, [0, 0])
        mine[0] += known
        mine[1] += true
    judged = []
    # A slice without a row had no event.
    for begin in range(min(sums), until - length + 1, length):
        found = slices.judge(*sums.get(begin, [0, 0]))
        if found is not None:
            whole = found.count / slices.per_slice
            bad = (found.count - found.positive) / slices.per_slice
            judged.append((begin, begin + length, whole, bad))
    return Series.of(judged)
