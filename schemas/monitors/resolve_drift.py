"""Documents of drift monitors to the monitors that run."""

import re
from collections.abc import Callable, Collection
from typing import Final

from schemas.monitors.duration import TIDEWATCH_UNITS, format_duration, parse_duration
from schemas.monitors.folder import Folder, Located
from schemas.monitors.own_drift import DriftMonitorDocument, DriftSpec
from schemas.monitors.problems import did_you_mean
from schemas.monitors.quantity import parse_quantity
from schemas.monitors.resolve_drift_reference import check_start, resolve_reference
from schemas.monitors.resolve_own import scope_with_receivers, shared_fields
from schemas.monitors.resolved import DriftMonitor
from schemas.references import Reference
from schemas.signals import Signal, SignalKind

VOLUME: Final = Signal(
    name="events", kind="amount", unit="{event}", description="Number of events."
)
"""What a seasonal monitor may watch beside signals."""

_RATE = re.compile(r"([1-9][0-9]{0,5})\s+per\s+(\S+)")
FEWEST_CORRELATED: Final = 20
"""Blocks on each side from which a correlation is compared."""

_FEWEST_SEASONS: Final = 3

_KINDS: Final[dict[str, tuple[SignalKind, ...]]] = {
    "shift": ("flag", "score", "amount", "category", "vector"),
    "relation": ("category",),
    "correlation": ("flag", "score", "amount"),
    "seasonal": ("flag", "amount"),
    "adwin": ("flag", "score", "amount"),
    "page_hinkley": ("flag", "score", "amount"),
    "kswin": ("flag", "score", "amount"),
}


def resolve_drift(
    located: Located,
    document: DriftMonitorDocument,
    folder: Folder,
    signals: Collection[Signal],
    read_reference: Callable[[str], Reference],
) -> DriftMonitor | None:
    """The monitor; ``None`` when something is wrong with it, which is reported."""
    spec = document.spec
    segmentation, segment = scope_with_receivers(located, spec, folder)
    watched = _signals(located, spec, signals)
    windows = _windows(located, spec)
    false_alarms = _false_alarms(located, spec.false_alarms)
    effect = _effect(located, spec)
    season = located.window("spec.season", spec.season, shortest=3600, units=TIDEWATCH_UNITS)
    if windows is None or season is None:
        return None
    check_start(located, spec, segmentation)
    found = resolve_reference(located, spec, windows, read_reference, segment)
    if found is None:
        return None
    reference, trailing, block = found
    if reference is not None:
        stored = {n for blocks in reference.segments.values() for b in blocks for n in b.signals}
        _check_stored(located, spec, stored)
        watched = tuple(signal for signal in watched if signal.name in stored)
    if windows[0] < block:
        located.error(
            "spec.windows",
            f"{format_duration(windows[0])} is shorter than the blocks of "
            f"{format_duration(block)} that the reference is kept in",
        )
    interval = located.window(
        "spec.interval", spec.interval or f"{min(block, 600)}s", shortest=10, units=TIDEWATCH_UNITS
    )
    if spec.method == "correlation":
        _check_pairs(located, watched, windows, block)
    if spec.method == "seasonal":
        _check_season(located, spec, season, trailing, block)
    if interval is None or not located.usable:
        return None
    return DriftMonitor(
        **shared_fields(document.metadata, spec, segmentation, segment),
        signals=watched,
        windows_seconds=windows,
        interval_seconds=interval,
        severity=spec.severity,
        method=spec.method,
        trailing_seconds=trailing,
        reference=reference,
        false_alarm_seconds=false_alarms,
        minimum_effect=effect,
        minimum_events=spec.minimum_events,
        strata=spec.strata,
        season_seconds=season,
        reference_release=spec.reference.release,
        restarts_after=tuple(spec.reference.restarts_after),
        family=spec.family,
        parent_when_thin=spec.reference.when_thin == "parent",
    )


def _signals(located: Located, spec: DriftSpec, signals: Collection[Signal]) -> tuple[Signal, ...]:
    kinds = _KINDS[spec.method]
    by_name = {signal.name: signal for signal in signals}
    if spec.method == "seasonal":
        by_name[VOLUME.name] = VOLUME
    usable = {name: signal for name, signal in by_name.items() if signal.kind in kinds}
    found: dict[str, Signal] = {}
    for index, name in enumerate(spec.signals):
        path = f"spec.signals[{index}]"
        if name == "*":
            found |= {n: s for n, s in usable.items() if s is not VOLUME}
        elif name in usable:
            found[name] = usable[name]
        elif name in by_name:
            kind = by_name[name].kind
            what = "an amount" if kind == "amount" else f"a {kind}"
            located.error(path, f"{name!r} is {what}, which {spec.method!r} does not look at")
        else:
            located.error(path, f"unknown signal {name!r}{did_you_mean(name, usable)}")
    if spec.method == "relation":
        strata = by_name.get(spec.strata)
        if strata is None or strata.kind != "category":
            known = [name for name, signal in by_name.items() if signal.kind == "category"]
            what = f"{spec.strata!r} is no category" if spec.strata else "is required"
            located.error("spec.strata", what + did_you_mean(spec.strata, known))
    elif spec.strata:
        located.error("spec.strata", "only the method 'relation' compares within strata: remove it")
    return tuple(found.values())


def _windows(located: Located, spec: DriftSpec) -> tuple[int, ...] | None:
    found = [
        located.window(f"spec.windows[{index}]", text, shortest=60, units=TIDEWATCH_UNITS)
        for index, text in enumerate(spec.windows)
    ]
    known = [window for window in found if window is not None]
    return tuple(sorted(set(known))) if len(known) == len(found) else None


def _false_alarms(located: Located, text: str) -> float:
    """Seconds between false alarms."""
    match = _RATE.fullmatch(text.strip())
    if match is not None:
        try:
            span = parse_duration(match[2], units=TIDEWATCH_UNITS)
        except ValueError as error:
            located.error("spec.falseAlarms", str(error))
            return 0.0
        if span >= 3600 * int(match[1]):
            return span / int(match[1])
    located.error(
        "spec.falseAlarms", f"{text!r} is not a rate of at most one an hour, as in 1 per 30d"
    )
    return 0.0


def _effect(located: Located, spec: DriftSpec) -> float:
    value = spec.minimum_effect
    try:
        effect = parse_quantity(value if isinstance(value, str) else repr(value), "1")
    except ValueError as error:
        located.error("spec.minimumEffect", str(error))
        return 0.0
    if not 0 <= effect < 1:
        located.error("spec.minimumEffect", f"{effect:g} is not a share from 0 to below 1")
    return effect


def _check_pairs(
    located: Located, watched: tuple[Signal, ...], windows: tuple[int, ...], block: int
) -> None:
    """Whether there are two signals, and blocks enough in the window."""
    if len(watched) < 2:
        located.error("spec.signals", "'correlation' is of two signals or more")
    if windows[-1] < FEWEST_CORRELATED * block:
        located.error(
            "spec.windows",
            f"{format_duration(windows[-1])} is too short: a correlation needs "
            f"{FEWEST_CORRELATED} blocks of {format_duration(block)}",
        )


def _check_season(
    located: Located, spec: DriftSpec, season: int, trailing: int, block: int
) -> None:
    """Whether the season can be learned from the past."""
    length = format_duration(season)
    if trailing < _FEWEST_SEASONS * season:
        located.error(
            "spec.reference.trailing",
            f"{spec.reference.trailing} is too short: a season of {length} is learned from "
            f"{_FEWEST_SEASONS} of them, so it takes {format_duration(_FEWEST_SEASONS * season)}",
        )
    elif season % block:
        located.error(
            "spec.season",
            f"{length} is no multiple of the blocks of {format_duration(block)} that the past is "
            "kept in",
        )


def _check_stored(located: Located, spec: DriftSpec, stored: set[str]) -> None:
    for index, name in enumerate(spec.signals):
        if name != "*" and name not in stored:
            located.error(
                f"spec.signals[{index}]",
                f"the reference has no {name!r}: build it again{did_you_mean(name, stored)}",
            )
