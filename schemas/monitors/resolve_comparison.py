"""Comparison documents to monitors."""

from collections.abc import Collection
from typing import Final

from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.duration import TIDEWATCH_UNITS
from schemas.monitors.folder import Folder, Located
from schemas.monitors.own_comparison import (
    ComparisonMonitorDocument,
    ComparisonSpec,
    MetricDocument,
)
from schemas.monitors.own_kinds import Bound, DimensionName
from schemas.monitors.problems import did_you_mean
from schemas.monitors.quantity import parse_quantity
from schemas.monitors.resolve_own import scope_with_receivers, shared_fields
from schemas.monitors.resolved import ComparisonMonitor
from schemas.segments import OTHER, is_dimension
from schemas.signals import Signal, SignalKind

_VERSION: Final = "service_version"
_NUMBERS: tuple[SignalKind, ...] = ("amount", "score")


def resolve_comparison(
    located: Located,
    document: ComparisonMonitorDocument,
    folder: Folder,
    signals: Collection[Signal],
) -> ComparisonMonitor | None:
    """The monitor; ``None`` when something is wrong with it, which is reported."""
    spec = document.spec
    longest = located.window("spec.longest", spec.longest, shortest=3600, units=TIDEWATCH_UNITS)
    _check_arms(located, spec)
    apart = _apart(spec)
    arms = (*spec.baseline, *spec.candidate, *apart)
    segmentation, segment = scope_with_receivers(
        located, spec, folder, extra=[name for name in arms if is_dimension(name)]
    )
    for name in sorted(set(segment) & set(arms)):
        located.error(
            f"spec.segment.{name}", "tells the arms apart and cannot restrict both: remove one"
        )
    confidence = _share(located, "spec.confidence", spec.confidence)
    if confidence is not None and not 0.5 <= confidence < 1:
        located.error("spec.confidence", f"{confidence:g} is not at least 0.5 and below 1")
    if spec.severity == "info":
        located.error("spec.severity", "'info' tells of promotions: use page or ticket")
    metrics = [
        _metric(located, metric, f"spec.metrics[{index}]", signals)
        for index, metric in enumerate(spec.metrics)
    ]
    names = [metric.name for metric in metrics if metric]
    for name in sorted({name for name in names if names.count(name) > 1}):
        located.error("spec.metrics", f"{name} is given twice: keep one")
    if longest is None or confidence is None or not located.usable:
        return None
    return ComparisonMonitor(
        **shared_fields(document.metadata, spec, segmentation, segment),
        severity=spec.severity,
        baseline=spec.baseline,
        candidate=spec.candidate,
        apart=tuple(apart),
        longest_seconds=longest,
        rules=ComparisonRules(
            metrics=tuple(metric for metric in metrics if metric),
            confidence=confidence,
            minimum_events=spec.minimum_events,
            same_requests=spec.same_requests,
        ),
    )


def _apart(spec: ComparisonSpec) -> list[DimensionName]:
    """What tells candidates apart: of release roles the version, unless something else is said.

    The next canary is another candidate: what the last one did is no evidence about it.
    """
    if spec.apart is not None:
        return spec.apart
    arms = {*spec.baseline, *spec.candidate}
    if "release_role" not in arms or _VERSION in arms.union(spec.by, spec.segment):
        return []
    return [_VERSION]


def _check_arms(located: Located, spec: ComparisonSpec) -> None:
    for part, values in (("baseline", spec.baseline), ("candidate", spec.candidate)):
        for name, value in values.items():
            if not is_dimension(name):
                located.error(
                    f"spec.{part}.{name}", f"{name!r} is no dimension (a label is labels.<name>)"
                )
            if value == OTHER:
                located.error(f"spec.{part}.{name}", f"{OTHER!r} stands for many values: name one")
    for index, name in enumerate(spec.apart or ()):
        if not is_dimension(name):
            located.error(
                f"spec.apart[{index}]", f"{name!r} is no dimension (a label is labels.<name>)"
            )
    if all(spec.candidate.get(name, value) == value for name, value in spec.baseline.items()) and (
        spec.candidate
    ):
        located.error(
            "spec.candidate",
            "may be the baseline itself: give a dimension another value than there",
        )


def _metric(
    located: Located, metric: MetricDocument, path: str, signals: Collection[Signal]
) -> ComparedMetric | None:
    kinds: tuple[SignalKind, ...] = ("flag",) if metric.statistic == "rate" else _NUMBERS
    signal = next((one for one in signals if one.name == metric.signal), None)
    if signal is None:
        known = [one.name for one in signals if one.kind in kinds]
        located.error(
            f"{path}.signal",
            f"unknown signal {metric.signal!r}{did_you_mean(metric.signal, known)}",
        )
        return None
    if signal.kind not in kinds:
        use = {"flag": ": use rate"}.get(signal.kind, "")
        if signal.kind in _NUMBERS:
            use = ": use mean, p50, p90, p95 or p99"
        located.error(
            f"{path}.statistic",
            f"{metric.statistic!r} does not apply to {signal.name!r}, a signal of kind "
            f"{signal.kind}{use}",
        )
        return None
    worse = metric.worse
    if worse is None:
        worse = {"higher": "lower", "lower": "higher"}.get(signal.better)  # type: ignore[assignment]
        if worse is None:
            located.error(
                f"{path}.worse", f"is required, as of {signal.name!r} neither way is better"
            )
    relative = metric.relative_margin is not None
    if relative == (metric.margin is not None):
        located.error(path, "needs one of 'margin' and 'relativeMargin'")
        return None
    if relative and metric.statistic == "rate":
        located.error(
            f"{path}.relativeMargin", "a rate's margin is a difference of shares: use 'margin'"
        )
        return None
    if relative:
        margin = _share(located, f"{path}.relativeMargin", metric.relative_margin)
    else:
        unit = "1" if metric.statistic == "rate" else signal.unit
        margin = _quantity(located, f"{path}.margin", metric.margin, unit)
    if margin is not None and margin <= 0:
        name = "relativeMargin" if relative else "margin"
        located.error(
            f"{path}.{name}",
            f"{margin:g} is not above 0: no number of events shows that two arms are the same",
        )
    if margin is None or worse is None:
        return None
    share = metric.statistic == "rate" or signal.kind == "score"
    if margin >= 1 and (share if not relative else worse == "lower"):
        located.error(
            f"{path}.{'relativeMargin' if relative else 'margin'}",
            f"nothing can be worse by more than {margin:g}: for {margin:g} % write {margin:g}%",
        )
    elif margin > 1 and relative:
        located.warning(
            f"{path}.relativeMargin",
            f"allows {1 + margin:g} times the baseline's value: for {margin:g} % write {margin:g}%",
        )
    return ComparedMetric(
        signal=signal.name,
        statistic=metric.statistic,
        margin=margin,
        higher_is_worse=worse == "higher",
        relative=relative,
        unit="1" if metric.statistic == "rate" else signal.unit,
    )


def _share(located: Located, path: str, value: Bound | None) -> float | None:
    return _quantity(located, path, value, "1")


def _quantity(located: Located, path: str, value: Bound | None, unit: str) -> float | None:
    try:
        return parse_quantity(value if isinstance(value, str) else repr(value), unit)
    except ValueError as error:
        located.error(path, str(error))
        return None
