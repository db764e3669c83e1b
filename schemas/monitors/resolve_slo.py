"""OpenSLO objectives over Tidewatch's signals to burn-rate monitors."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from schemas.monitors.conditions import Comparison, Operator
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import SLI, SLO, Objective
from schemas.monitors.resolve_indicator import (
    NotEvaluated,
    RatioIndicator,
    ResolvedIndicator,
    ThresholdIndicator,
)
from schemas.monitors.resolve_policy import resolve_policies
from schemas.monitors.resolved import (
    WORKBOOK_TIERS,
    BurnRateMonitor,
    BurnRateTier,
    Indicator,
)
from schemas.monitors.scope import (
    BY,
    DEFAULT_MINIMUM_EVENTS,
    MINIMUM_EVENTS,
    RUNBOOK,
    flat_labels,
    scope_of,
    split_dimensions,
)

_OPERATORS: Final[Mapping[str, Operator]] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")

IndicatorResolver = Callable[[Located, SLI | SLO, str], ResolvedIndicator | None]
"""Resolves the indicator that stands at a path of a located document."""


def resolve_slo(
    located: Located, slo: SLO, folder: Folder, resolve: IndicatorResolver
) -> list[BurnRateMonitor]:
    """The monitors of an SLO, one an objective; none where it cannot be evaluated, reported."""
    spec = slo.spec
    named = _indicator(located, slo, folder, resolve)
    if named is None:
        return []
    name, description, indicator = named
    if isinstance(indicator, NotEvaluated):
        located.warning("spec", f"not evaluated by Tidewatch: {indicator.reason}")
        return []
    if spec.budgeting_method != "Occurrences" or not spec.time_window[0].is_rolling:
        located.warning(
            "spec.timeWindow[0]" if spec.budgeting_method == "Occurrences" else "spec",
            "not evaluated yet: only the budgeting method Occurrences with a rolling window is",
        )
        return []
    if not spec.objectives:
        located.warning("spec.objectives", "is empty: there is nothing to evaluate")
        return []
    window = located.window(
        "spec.timeWindow[0].duration", spec.time_window[0].duration, shortest=60
    )
    minimum = _minimum_events(located, slo)
    segmentation, segment = scope_of(
        located,
        folder,
        service=spec.service,
        by=split_dimensions(slo.metadata.annotations.get(BY, "")),
        by_path=f"metadata.annotations.{BY}",
    )
    policy = resolve_policies(spec.alert_policies, located, folder)
    suffixes = _suffixes(spec.objectives)
    monitors = []
    for index, objective in enumerate(spec.objectives):
        path = f"spec.objectives[{index}]"
        target = _target(objective)
        given = policy.tiers if policy else ()
        tiers = given if spec.alert_policies else [(path, tier) for tier in WORKBOOK_TIERS]
        reachable = _are_reachable(located, tiers, target, explicit=bool(spec.alert_policies))
        found = _objective_indicator(
            located, path, objective, indicator, named=(name, suffixes[index], description)
        )
        if found is None or window is None or minimum is None or policy is None or not reachable:
            continue
        monitors.append(
            BurnRateMonitor(
                name=f"{slo.metadata.name}{suffixes[index]}",
                segmentation=segmentation,
                segment=segment,
                display_name=_display_name(slo, objective),
                description=spec.description,
                labels=flat_labels(slo.metadata),
                receivers=policy.receivers,
                runbook_url=slo.metadata.annotations.get(RUNBOOK, ""),
                indicator=found,
                target=target,
                window_seconds=window,
                tiers=tuple(tier for _, tier in tiers),
                minimum_events=minimum,
            )
        )
    return monitors


def _indicator(
    located: Located, slo: SLO, folder: Folder, resolve: IndicatorResolver
) -> tuple[str, str, ResolvedIndicator] | None:
    """Name, description and meaning of the SLO's indicator."""
    spec = slo.spec
    if spec.indicator is not None:
        found = resolve(located, slo, "spec.indicator.spec")
        description = spec.indicator.spec.description
        return (spec.indicator.metadata.name, description, found) if found else None
    if spec.indicator_ref is None:
        reason = "a composite SLO is not: write one SLO an indicator"
        return "", "", NotEvaluated(reason=reason)
    candidates = folder.named("SLI", spec.indicator_ref)
    if not candidates:
        # Whether the SLO is ours cannot be known, and on its own it is valid OpenSLO.
        located.warning(
            "spec.indicatorRef",
            f"not evaluated by Tidewatch: {folder.missing('SLI', spec.indicator_ref)}",
        )
        return None
    sli = folder.referred("SLI", spec.indicator_ref, located, "spec.indicatorRef")
    if sli is None or not isinstance(sli.document, SLI):
        return None
    found = resolve(sli, sli.document, "spec")
    return (spec.indicator_ref, sli.document.spec.description, found) if found else None


def _objective_indicator(
    located: Located,
    path: str,
    objective: Objective,
    indicator: RatioIndicator | ThresholdIndicator,
    *,
    named: tuple[str, str, str],
) -> Indicator | None:
    """The indicator of one objective: a ratio is the same for all, a threshold is its own."""
    name, suffix, description = named
    if isinstance(indicator, RatioIndicator):
        if objective.op or objective.value is not None:
            located.warning(path, "'op' and 'value' have no meaning for a ratioMetric")
        return Indicator(
            name=name, good=indicator.good, where=indicator.where, description=description
        )
    operator = _OPERATORS.get(objective.op)
    if operator is None:
        known = ", ".join(_OPERATORS)
        located.error(f"{path}.op", f"a thresholdMetric needs one of {known}")
    if objective.value is None:
        located.error(f"{path}.value", "is required for a thresholdMetric")
    if operator is None or objective.value is None:
        return None
    good = Comparison(name=indicator.signal.name, operator=operator, value=objective.value)
    return Indicator(
        name=f"{name}{suffix}", good=good, where=indicator.where, description=description
    )


def _target(objective: Objective) -> float:
    if objective.target is not None:
        return objective.target
    # In decimal, so that 99.95 % is 0.9995 and not a neighbour of it.
    return float(Decimal(str(objective.target_percent or 0)) / 100)


def _are_reachable(
    located: Located,
    tiers: Sequence[tuple[str, BurnRateTier]],
    target: float,
    *,
    explicit: bool,
) -> bool:
    """Whether every tier's burn rate can be exceeded at all; reports those that cannot."""
    unreachable = False
    for path, tier in tiers:
        product = tier.factor * (1 - target)
        if product >= 1:
            unreachable = True
            remedy = (
                "lower the threshold" if explicit else "give alertPolicies with lower thresholds"
            )
            located.error(
                path,
                f"a burn rate of {tier.factor:g} can never be exceeded: {tier.factor:g} × "
                f"(1 − {target:g}) = {product:.4g}, and no more than all events (1) can be bad; "
                f"{remedy} (below {1 / (1 - target):.4g}) or raise the target",
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
