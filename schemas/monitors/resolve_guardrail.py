"""Guardrails to threshold monitors: one a metric, and one for each segment with its own bounds."""

import re
from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from schemas.monitors.folder import Folder, Located
from schemas.monitors.own_guardrail import GuardrailBound, GuardrailMonitorDocument
from schemas.monitors.own_kinds import ThresholdMonitorDocument, ThresholdSpec
from schemas.monitors.resolve_own import resolve_threshold
from schemas.monitors.resolved import ThresholdMonitor
from schemas.segments import Segment
from schemas.signals import Signal

_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


def resolve_guardrail(
    located: Located,
    document: GuardrailMonitorDocument,
    folder: Folder,
    signals: Collection[Signal],
) -> list[ThresholdMonitor]:
    """The monitors of all bounds; none when anything is wrong, which is reported.

    Bounds for a segment stand instead of the same metric's bounds for all.
    """
    bounds = document.spec.bounds
    special: dict[tuple[str, str], list[Segment]] = {}
    seen: set[tuple[str, str, tuple[tuple[str, str], ...]]] = set()
    for index, bound in enumerate(bounds):
        metric = bound.signal, bound.statistic
        identity = *metric, tuple(sorted(bound.segment.items()))
        if identity in seen:
            located.error(
                f"spec.bounds[{index}]",
                f"{_named(bound)} has bounds for the same segment already: keep one",
            )
        seen.add(identity)
        if bound.segment:
            special.setdefault(metric, []).append(bound.segment)
    found = [
        _resolve(located, document, bound, index, folder, signals)
        for index, bound in enumerate(bounds)
    ]
    if not located.usable:
        return []
    names = _names(document.metadata.name, bounds)
    return [
        msgspec.structs.replace(
            monitor,
            name=name,
            display_name=f"{document.metadata.display_name or document.metadata.name}: "
            f"{_named(bound)}",
            excluded=()
            if bound.segment
            else tuple(special.get((bound.signal, bound.statistic), ())),
        )
        for monitor, name, bound in zip(found, names, bounds, strict=True)
        if monitor is not None
    ]


def _resolve(
    located: Located,
    document: GuardrailMonitorDocument,
    bound: GuardrailBound,
    index: int,
    folder: Folder,
    signals: Collection[Signal],
) -> ThresholdMonitor | None:
    spec = document.spec
    shared = {
        name: getattr(spec, name)
        for name in ThresholdSpec.__struct_fields__
        if name in type(spec).__struct_fields__
    }
    own = {
        name: getattr(bound, name)
        for name in type(bound).__struct_fields__
        if name not in {"segment", "window"}
    }
    threshold = ThresholdMonitorDocument(
        api_version="tidewatch/v1",
        kind="ThresholdMonitor",
        metadata=document.metadata,
        spec=ThresholdSpec(
            **{
                **shared,
                **own,
                "window": bound.window or spec.window,
                "segment": {**spec.segment, **bound.segment},
            }
        ),
    )
    return resolve_threshold(located, threshold, folder, signals, at=f"spec.bounds[{index}]")


def _named(bound: GuardrailBound) -> str:
    return " ".join(filter(None, (bound.signal, bound.statistic)))


def _names(name: str, bounds: Sequence[GuardrailBound]) -> list[str]:
    """Names of the monitors: the document's and the metric's, numbered where there are several."""
    slugs = [_NOT_IN_NAMES.sub("-", _named(bound).lower()) for bound in bounds]
    return [
        f"{name}.{slug}" + (f"-{slugs[: index + 1].count(slug)}" if slugs.count(slug) > 1 else "")
        for index, slug in enumerate(slugs)
    ]
