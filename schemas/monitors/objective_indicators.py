"""What the objectives of an SLO measure: one indicator for all, or one each in a composite."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from schemas.monitors.conditions import Comparison, Operator
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import SLI, SLO, InlineIndicator, Objective, SLISpec
from schemas.monitors.resolve_indicator import (
    RatioIndicator,
    ResolvedIndicator,
    ThresholdIndicator,
)
from schemas.monitors.resolved import Indicator

_OPERATORS: Final[Mapping[str, Operator]] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

IndicatorResolver = Callable[[Located, SLISpec, str], ResolvedIndicator | None]
"""Resolves the indicator that stands at a path of a located document."""


Named = tuple[str, str, ResolvedIndicator]
"""An indicator's name, description and meaning."""


def objective_indicators(
    located: Located, slo: SLO, folder: Folder, resolve: IndicatorResolver, *, composite: bool
) -> Sequence[Named] | None:
    """The indicator of every objective; ``None`` when one is broken, which is reported."""
    spec = slo.spec
    if not composite:
        named = _indicator(located, spec.indicator, spec.indicator_ref, "spec", (folder, resolve))
        return None if named is None else [named] * len(spec.objectives) or [named]
    found = []
    for index, objective in enumerate(spec.objectives):
        path = f"spec.objectives[{index}]"
        if objective.indicator is None and objective.indicator_ref is None:
            located.warning(path, "not evaluated by Tidewatch: it has no indicator, others do")
            return None
        named = _indicator(
            located, objective.indicator, objective.indicator_ref, path, (folder, resolve)
        )
        if named is None:
            return None
        found.append(named)
    return found


def _indicator(
    located: Located,
    inline: InlineIndicator | None,
    ref: str | None,
    path: str,
    context: tuple[Folder, IndicatorResolver],
) -> Named | None:
    """Name, description and meaning of the indicator that stands at ``path``, or is named there."""
    folder, resolve = context
    if inline is not None:
        found = resolve(located, inline.spec, f"{path}.indicator.spec")
        return (inline.metadata.name, inline.spec.description, found) if found else None
    if ref is None:
        return None
    if not folder.named("SLI", ref):
        # Whether the SLO is ours cannot be known, and on its own it is valid OpenSLO.
        located.warning(
            f"{path}.indicatorRef",
            f"not evaluated by Tidewatch: {folder.missing('SLI', ref)}",
        )
        return None
    sli = folder.referred("SLI", ref, located, f"{path}.indicatorRef")
    if sli is None or not isinstance(sli.document, SLI):
        return None
    found = resolve(sli, sli.document.spec, "spec")
    return (ref, sli.document.spec.description, found) if found else None


def of_objective(
    located: Located,
    path: str,
    objective: Objective,
    indicator: ResolvedIndicator,
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
    if not isinstance(indicator, ThresholdIndicator):
        return None
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
