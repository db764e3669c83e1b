"""An SLO's window, and the slices its budget is counted in."""

from collections.abc import Sequence
from typing import Final, get_args

from msgspec import Struct

from schemas.monitors.calendar_window import CalendarUnit, CalendarWindow
from schemas.monitors.duration import format_duration, parse_duration
from schemas.monitors.folder import Located
from schemas.monitors.openslo import SLO, Objective
from schemas.monitors.problems import did_you_mean
from schemas.monitors.resolved import MissingData, Slices
from schemas.monitors.scope import MISSING_DATA

LONGEST_BUDGET_SECONDS: Final = 366 * 86400
"""Budgets are for a year at most."""

_UNITS: Final[tuple[CalendarUnit, ...]] = get_args(CalendarUnit)
_MISSING: Final[tuple[MissingData, ...]] = get_args(MissingData)


class BudgetWindow(Struct, frozen=True, kw_only=True):
    """The window of a budget: its length, about where it follows the calendar."""

    seconds: int
    calendar: CalendarWindow | None = None


def budget_window(located: Located, slo: SLO) -> BudgetWindow | None:
    """The SLO's window; ``None`` when it is refused, which is reported."""
    window, path = slo.spec.time_window[0], "spec.timeWindow[0].duration"
    try:
        seconds = parse_duration(window.duration)
    except ValueError as error:
        located.error(path, str(error))
        return None
    if not 60 <= seconds <= LONGEST_BUDGET_SECONDS:
        found = "shorter than 1m" if seconds < 60 else "longer than a year"
        located.error(path, f"{window.duration} is {found}: give a window of 1m to 1Y")
        return None
    if window.calendar is None:
        return BudgetWindow(seconds=seconds)
    unit = next(unit for unit in _UNITS if window.duration.endswith(unit))
    calendar = CalendarWindow(
        count=int(window.duration.removesuffix(unit)),
        unit=unit,
        start=_start(window.calendar.start_time),
        time_zone=window.calendar.time_zone,
    )
    return BudgetWindow(seconds=seconds, calendar=calendar)


def _start(text: str) -> str:
    """The start in ISO form: whole seconds, hours of two digits."""
    date, time = text.split(" ")
    return f"{date} {time.replace(',', '.').split('.')[0].zfill(8)}"


def missing_data(located: Located, slo: SLO) -> MissingData | None:
    """What time without events counts for; ``None`` when it is refused, which is reported."""
    text = slo.metadata.annotations.get(MISSING_DATA, "ignore")
    for policy in _MISSING:
        if text == policy:
            return policy
    located.error(
        f"metadata.annotations.{MISSING_DATA}",
        f"{text!r} is no policy{did_you_mean(text, _MISSING)}",
    )
    return None


def slices_of(located: Located, slo: SLO, missing: MissingData) -> Sequence[Slices | None] | None:
    """The slices of every objective; ``None`` when any is refused, which is reported."""
    if slo.spec.budgeting_method == "Occurrences":
        return [None] * len(slo.spec.objectives)
    found = [
        _slices(located, slo, objective, f"spec.objectives[{index}]", missing)
        for index, objective in enumerate(slo.spec.objectives)
    ]
    return None if None in found else found


def _slices(
    located: Located, slo: SLO, objective: Objective, path: str, missing: MissingData
) -> Slices | None:
    seconds = parse_duration(objective.time_slice_window or "0m")
    # So that every slice is made of whole blocks of the time that watch remembers.
    whole = (seconds >= 60 and 3600 % seconds == 0) or (
        seconds >= 3600 and seconds % 3600 == 0 and 86400 % seconds == 0
    )
    if not whole:
        located.error(
            f"{path}.timeSliceWindow",
            f"{objective.time_slice_window} does not divide an hour or, in whole hours, a day: "
            f"use {', '.join(format_duration(each) for each in (60, 300, 600, 3600))} or the like",
        )
        return None
    timeslices = slo.spec.budgeting_method == "Timeslices"
    target = objective.time_slice_target if timeslices else None
    return Slices(seconds=seconds, target=target, missing=missing)
