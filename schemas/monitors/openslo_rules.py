"""Which combinations of fields make an OpenSLO v1 document valid."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, get_args
from zoneinfo import ZoneInfo

from schemas.monitors.duration import OPENSLO_UNITS
from schemas.monitors.openslo import (
    SLI,
    SLO,
    AlertCondition,
    AlertConditionSpec,
    AlertPolicy,
    AlertPolicySpec,
    Calendar,
    Comparator,
    ConditionItem,
    InlineIndicator,
    Objective,
    OpenSLODocument,
    PolicyItem,
    RatioMetric,
    SLISpec,
    SLOSpec,
    TargetItem,
    TimeWindow,
)

Violation = tuple[str, str]
"""Path of a field and what is wrong with it."""

_COMPARATORS: Final = get_args(Comparator)
_DURATION = re.compile(rf"0*[0-9]{{1,18}}[{''.join(OPENSLO_UNITS)}]")
_START_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{1,2}:\d{2}:\d{2})(?:[.,]\d+)?", re.ASCII)


def openslo_violations(document: OpenSLODocument) -> Iterator[Violation]:
    """What is not valid about a document, each with the path of its field; nothing when valid."""
    match document:
        case SLO(spec=spec):
            yield from _slo(spec)
        case SLI(spec=spec):
            yield from _sli(spec, "spec")
        case AlertPolicy(spec=spec):
            yield from _policy(spec, "spec")
        case AlertCondition(spec=spec):
            yield from _condition(spec, "spec")


def _exactly_one(path: str, **fields: object) -> Iterator[Violation]:
    names = " and ".join(repr(name) for name in fields)
    given = [name for name, value in fields.items() if value is not None]
    if not given:
        yield path, f"one of {names} is required"
    elif len(given) > 1:
        yield path, f"{names} exclude each other"


def _duration(text: str, path: str) -> Iterator[Violation]:
    if not _DURATION.fullmatch(text):
        yield (
            path,
            f"{text!r} is not a duration: a whole number followed by one of "
            f"{', '.join(OPENSLO_UNITS)}, as in 5m",
        )


def _slo(spec: SLOSpec) -> Iterator[Violation]:
    composite = any(o.indicator or o.indicator_ref is not None for o in spec.objectives)
    if not composite:
        yield from _indicator(spec.indicator, spec.indicator_ref, "spec")
    elif spec.indicator or spec.indicator_ref is not None:
        yield "spec", "an indicator belongs to spec or to its objectives, not to both"
        yield from _indicator(spec.indicator, spec.indicator_ref, "spec")
    yield from _time_window(spec.time_window[0], "spec.timeWindow[0]")
    for index, objective in enumerate(spec.objectives):
        path = f"spec.objectives[{index}]"
        yield from _objective(objective, spec, path)
        if composite:
            yield from _composite_objective(objective, path)
    for index, item in enumerate(spec.alert_policies):
        yield from _policy_item(item, f"spec.alertPolicies[{index}]")


def _indicator(inline: InlineIndicator | None, ref: str | None, path: str) -> Iterator[Violation]:
    yield from _exactly_one(path, indicator=inline, indicatorRef=ref)
    if inline is not None:
        yield from _sli(inline.spec, f"{path}.indicator.spec")


def _time_window(window: TimeWindow, path: str) -> Iterator[Violation]:
    yield from _duration(window.duration, f"{path}.duration")
    if window.is_rolling and window.calendar is not None:
        yield path, "a rolling window has no 'calendar'"
    if not window.is_rolling and window.calendar is None:
        yield path, "a window needs 'isRolling: true' or a 'calendar'"
    if window.calendar is not None:
        yield from _calendar(window.calendar, f"{path}.calendar")


def _calendar(calendar: Calendar, path: str) -> Iterator[Violation]:
    start = _START_TIME.fullmatch(calendar.start_time)
    try:
        if start is None:
            raise ValueError
        datetime.strptime(f"{start[1]} {start[2]}", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        yield (
            f"{path}.startTime",
            f"{calendar.start_time!r} is not a date with a time, as in 2022-01-01 12:00:00",
        )
    if not _is_time_zone(calendar.time_zone):
        yield (
            f"{path}.timeZone",
            f"{calendar.time_zone!r} is not a name of the IANA time zone database, "
            "as in Europe/Vienna",
        )


def _is_time_zone(name: str) -> bool:
    # Names are paths in the database: an odd one raises OSError or ValueError.
    try:
        return bool(name) and name != "Local" and bool(ZoneInfo(name).key)
    except (OSError, ValueError, KeyError):
        return False


def _objective(objective: Objective, spec: SLOSpec, path: str) -> Iterator[Violation]:
    yield from _exactly_one(path, target=objective.target, targetPercent=objective.target_percent)
    sli = spec.indicator.spec if spec.indicator else SLISpec()
    if sli.threshold_metric is not None:
        if objective.value is None:
            yield f"{path}.value", "is required for a thresholdMetric"
        yield from _comparator(objective.op, f"{path}.op")
    if sli.ratio_metric is not None:
        if objective.value is not None:
            yield f"{path}.value", "has no meaning for a ratioMetric: remove it"
        if objective.op:
            yield f"{path}.op", "has no meaning for a ratioMetric: remove it"
    if spec.budgeting_method == "Timeslices":
        share = objective.time_slice_target
        if share is None:
            yield f"{path}.timeSliceTarget", "is required by the budgeting method Timeslices"
        elif not 0 < share <= 1:
            yield f"{path}.timeSliceTarget", f"{share:g} is not above 0 and at most 1"
    if spec.budgeting_method != "Occurrences":
        if objective.time_slice_window is None:
            method = spec.budgeting_method
            yield f"{path}.timeSliceWindow", f"is required by the budgeting method {method}"
        else:
            yield from _duration(objective.time_slice_window, f"{path}.timeSliceWindow")
    elif objective.time_slice_window and not re.match(r"[0-9]+\S", objective.time_slice_window):
        yield from _duration(objective.time_slice_window, f"{path}.timeSliceWindow")


def _composite_objective(objective: Objective, path: str) -> Iterator[Violation]:
    if objective.indicator or objective.indicator_ref is not None:
        yield from _indicator(objective.indicator, objective.indicator_ref, path)
    weight = objective.composite_weight
    if weight is not None and weight <= 0:
        yield f"{path}.compositeWeight", f"{weight:g} is not above 0"


def _comparator(op: str, path: str) -> Iterator[Violation]:
    if op not in _COMPARATORS:
        found = repr(op) if op else "nothing"
        yield path, f"{found} is not one of {', '.join(_COMPARATORS)}"


def _sli(spec: SLISpec, path: str) -> Iterator[Violation]:
    yield from _exactly_one(
        path, thresholdMetric=spec.threshold_metric, ratioMetric=spec.ratio_metric
    )
    if spec.ratio_metric is not None:
        yield from _ratio(spec.ratio_metric, f"{path}.ratioMetric")


def _ratio(ratio: RatioMetric, path: str) -> Iterator[Violation]:
    yield from _exactly_one(path, total=ratio.total, raw=ratio.raw)
    parts: Iterable[tuple[str, object]] = (
        ("raw", ratio.raw),
        ("good", ratio.good),
        ("bad", ratio.bad),
    )
    given = [name for name, metric in parts if metric is not None]
    if len(given) > 1:
        yield path, f"{' and '.join(map(repr, given))} exclude each other"
    if ratio.total is not None and not given:
        yield path, "'total' needs 'good' or 'bad'"
    if ratio.raw is not None and ratio.raw_type not in {"success", "failure"}:
        found = repr(ratio.raw_type) if ratio.raw_type else "nothing"
        yield f"{path}.rawType", f"{found} is not one of success, failure"


def _policy(spec: AlertPolicySpec, path: str) -> Iterator[Violation]:
    for index, condition in enumerate(spec.conditions):
        here = f"{path}.conditions[{index}]"
        yield from _item(condition, condition.condition_ref, "conditionRef", here)
        if condition.spec is not None:
            yield from _condition(condition.spec, f"{here}.spec")
    for index, target in enumerate(spec.notification_targets):
        here = f"{path}.notificationTargets[{index}]"
        yield from _item(target, target.target_ref, "targetRef", here)


def _policy_item(item: PolicyItem, path: str) -> Iterator[Violation]:
    yield from _item(item, item.alert_policy_ref, "alertPolicyRef", path)
    if item.spec is not None:
        yield from _policy(item.spec, f"{path}.spec")


def _item(
    item: ConditionItem | TargetItem | PolicyItem, ref: str | None, ref_name: str, path: str
) -> Iterator[Violation]:
    parts = {"kind": item.kind, "metadata": item.metadata, "spec": item.spec}
    missing = [name for name, value in parts.items() if value is None]
    inline = item if len(missing) < len(parts) else None
    yield from _exactly_one(path, **{ref_name: ref, "spec": inline})
    if inline is not None:
        for name in missing:
            yield f"{path}.{name}", "is required"


def _condition(spec: AlertConditionSpec, path: str) -> Iterator[Violation]:
    yield from _duration(spec.condition.lookback_window, f"{path}.condition.lookbackWindow")
    if spec.condition.alert_after is not None:
        yield from _duration(spec.condition.alert_after, f"{path}.condition.alertAfter")
