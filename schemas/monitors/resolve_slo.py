"""OpenSLO objectives over Tidewatch's signals to burn-rate monitors."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from schemas.monitors.folder import Folder, Located
from schemas.monitors.objective_indicators import (
    IndicatorResolver,
    objective_indicators,
    of_objective,
)
from schemas.monitors.openslo import SLO, Objective
from schemas.monitors.resolve_indicator import NotEvaluated, ThresholdIndicator
from schemas.monitors.resolve_policy import ResolvedPolicy, resolve_policies
from schemas.monitors.resolve_window import BudgetWindow, budget_window, missing_data, slices_of
from schemas.monitors.resolved import (
    WORKBOOK_TIERS,
    AnyMonitor,
    BurnRateMonitor,
    BurnRateTier,
    CompositeMonitor,
    CompositePart,
    MissingData,
    NoDataMonitor,
    Slices,
)
from schemas.monitors.scope import (
    BY,
    DEFAULT_MINIMUM_EVENTS,
    MINIMUM_EVENTS,
    MISSING_DATA,
    RUNBOOK,
    flat_labels,
    scope_of,
    split_dimensions,
)
from schemas.segments import Segment, Segmentation

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class _Shared(Struct, frozen=True, kw_only=True):
    """What all objectives of an SLO have in common."""

    window: BudgetWindow
    missing: MissingData
    slices: Sequence[Slices | None]
    minimum: int
    policy: ResolvedPolicy
    segmentation: Segmentation
    segment: Segment
    receivers: tuple[str, ...]


def resolve_slo(
    located: Located, slo: SLO, folder: Folder, resolve: IndicatorResolver
) -> list[AnyMonitor]:
    """The monitors of an SLO; none where it cannot be evaluated, reported.

    One an objective, or one for all objectives of a composite, and one of silence where a policy
    alerts when there are no data.
    """
    spec = slo.spec
    composite = any(o.indicator or o.indicator_ref is not None for o in spec.objectives)
    named = objective_indicators(located, slo, folder, resolve, composite=composite)
    if named is None:
        return []
    for _, _, indicator in named:
        if isinstance(indicator, NotEvaluated):
            located.warning("spec", f"not evaluated by Tidewatch: {indicator.reason}")
            return []
    if not spec.objectives:
        located.warning("spec.objectives", "is empty: there is nothing to evaluate")
        return []
    shared = _shared(located, slo, folder, composite=composite)
    suffixes = _suffixes(spec.objectives)
    monitors: list[AnyMonitor] = []
    parts: list[CompositePart] = []
    for index, objective in enumerate(spec.objectives):
        path = f"spec.objectives[{index}]"
        name, description, indicator = named[index]
        suffix = suffixes[index] if isinstance(indicator, ThresholdIndicator) else ""
        found = of_objective(located, path, objective, indicator, named=(name, suffix, description))
        target = _target(objective)
        if found is None or shared is None:
            continue
        if composite:
            parts.append(
                CompositePart(
                    name=objective.display_name or name,
                    indicator=found,
                    target=target,
                    weight=1.0
                    if objective.composite_weight is None
                    else objective.composite_weight,
                    slices=shared.slices[index],
                )
            )
            continue
        tiers = _tiers(slo, shared, path, shared.slices[index : index + 1])
        explicit = bool(spec.alert_policies)
        if _are_reachable(located, tiers, 1 / (1 - target), target, explicit=explicit):
            monitors.append(
                BurnRateMonitor(
                    **_common(slo, shared, suffixes[index], _display_name(slo, objective)),
                    indicator=found,
                    target=target,
                    slices=shared.slices[index],
                    tiers=tuple(tier for _, tier in tiers),
                )
            )
    if shared is None:
        return []
    if parts and len(parts) == len(spec.objectives):
        monitors += _composite(located, slo, shared, parts)
    return [*monitors, *_silence(slo, shared)] if monitors else []


def _shared(located: Located, slo: SLO, folder: Folder, *, composite: bool) -> _Shared | None:
    window = budget_window(located, slo)
    missing = missing_data(located, slo)
    slices = slices_of(located, slo, missing or "ignore")
    if slices and slices[0] is None and not composite and missing in {"good", "bad"}:
        located.warning(
            f"metadata.annotations.{MISSING_DATA}",
            "has no effect: with the budgeting method Occurrences, no events use no budget",
        )
    minimum = _minimum_events(located, slo)
    segmentation, segment = scope_of(
        located,
        folder,
        service=slo.spec.service,
        by=split_dimensions(slo.metadata.annotations.get(BY, "")),
        by_path=f"metadata.annotations.{BY}",
    )
    policy = resolve_policies(slo.spec.alert_policies, located, folder)
    if window is None or missing is None or slices is None or minimum is None or policy is None:
        return None
    return _Shared(
        window=window,
        missing=missing,
        slices=slices,
        minimum=minimum,
        policy=policy,
        segmentation=segmentation,
        segment=segment,
        receivers=policy.receivers,
    )


def _tiers(
    slo: SLO, shared: _Shared, path: str, slices: Sequence[Slices | None]
) -> Sequence[tuple[str, BurnRateTier]]:
    """The tiers, and where each was given; every window holds a whole slice at least."""
    given = shared.policy.tiers if slo.spec.alert_policies else [(path, t) for t in WORKBOOK_TIERS]
    longest = max((each.seconds for each in slices if each), default=0)
    return [
        (
            place,
            structs.replace(
                tier,
                long_seconds=max(tier.long_seconds, longest),
                short_seconds=max(tier.short_seconds, longest),
            ),
        )
        for place, tier in given
    ]


def _common(slo: SLO, shared: _Shared, suffix: str, display_name: str) -> dict[str, Any]:
    """The fields that the monitors of budgets share."""
    return {
        "name": f"{slo.metadata.name}{suffix}",
        "segmentation": shared.segmentation,
        "segment": shared.segment,
        "display_name": display_name,
        "description": slo.spec.description,
        "labels": flat_labels(slo.metadata),
        "receivers": shared.receivers,
        "runbook_url": slo.metadata.annotations.get(RUNBOOK, ""),
        "window_seconds": shared.window.seconds,
        "calendar": shared.window.calendar,
        "minimum_events": shared.minimum,
    }


def _composite(
    located: Located, slo: SLO, shared: _Shared, parts: Sequence[CompositePart]
) -> list[CompositeMonitor]:
    tiers = _tiers(slo, shared, "spec", shared.slices)
    monitor = CompositeMonitor(
        **_common(slo, shared, "", slo.metadata.display_name or slo.metadata.name),
        parts=tuple(parts),
        missing=shared.missing,
        tiers=tuple(tier for _, tier in tiers),
    )
    largest = monitor.largest_burn_rate
    explicit = bool(slo.spec.alert_policies)
    reachable = _are_reachable(located, tiers, largest, 1 - 1 / largest, explicit=explicit)
    return [monitor] if reachable else []


def _silence(slo: SLO, shared: _Shared) -> list[NoDataMonitor]:
    """A monitor of silence for each policy that alerts when there are no data."""
    silent = shared.policy.silent
    return [
        NoDataMonitor(
            name=f"{slo.metadata.name}.no-data" + (f"-{number}" if len(silent) > 1 else ""),
            segmentation=shared.segmentation,
            segment=shared.segment,
            display_name=f"{slo.metadata.display_name or slo.metadata.name}: no data",
            description=slo.spec.description,
            labels=flat_labels(slo.metadata),
            receivers=tier.receivers,
            runbook_url=slo.metadata.annotations.get(RUNBOOK, ""),
            for_seconds=tier.long_seconds,
            severity=tier.severity,
        )
        for number, tier in enumerate(silent, start=1)
    ]


def _target(objective: Objective) -> float:
    if objective.target is not None:
        return objective.target
    # In decimal, so that 99.95 % is 0.9995 and not a neighbour of it.
    return float(Decimal(str(objective.target_percent or 0)) / 100)


def _are_reachable(
    located: Located,
    tiers: Sequence[tuple[str, BurnRateTier]],
    largest: float,
    target: float,
    *,
    explicit: bool,
) -> bool:
    """Whether every tier's burn rate can be exceeded at all; reports those that cannot.

    ``largest`` is the burn rate when all events are bad.
    """
    unreachable = False
    for path, tier in tiers:
        # 10 × (1 − 0.9) is 1, which floating point numbers miss by a little.
        product = round(tier.factor / largest, 12)
        if product >= 1:
            unreachable = True
            remedy = (
                "lower the threshold" if explicit else "give alertPolicies with lower thresholds"
            )
            located.error(
                path,
                f"a burn rate of {tier.factor:g} can never be exceeded: {tier.factor:g} × "
                f"(1 − {target:g}) = {product:.4g}, and no more than all events (1) can be bad; "
                f"{remedy} (below {largest:.4g}) or raise the target",
            )
    return not unreachable


def _minimum_events(located: Located, slo: SLO) -> int | None:
    text = slo.metadata.annotations.get(MINIMUM_EVENTS, str(DEFAULT_MINIMUM_EVENTS))
    if text.isascii() and text.isdigit() and int(text[:10]) > 0 and len(text) <= 10:
        return int(text)
    located.error(
        f"metadata.annotations.{MINIMUM_EVENTS}", f"{text[:40]!r} is not a whole number above 0"
    )
    return None


def _suffixes(objectives: Sequence[Objective]) -> list[str]:
    """What tells the monitors of one SLO apart: nothing for one, ``.<objective>`` for several."""
    if len(objectives) == 1:
        return [""]
    names = [_NOT_IN_NAMES.sub("-", o.display_name.lower()).strip("-") for o in objectives]
    return [
        f".{name}" if name and names.count(name) == 1 else f".{index}"
        for index, name in enumerate(names, start=1)
    ]


def _display_name(slo: SLO, objective: Objective) -> str:
    own = slo.metadata.display_name or slo.metadata.name
    several = len(slo.spec.objectives) > 1 and objective.display_name
    return f"{own}: {objective.display_name}" if several else own
