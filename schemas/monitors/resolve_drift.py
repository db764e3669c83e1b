"""Documents of drift monitors to the monitors that run."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

from schemas.monitors.duration import TIDEWATCH_UNITS, format_duration, parse_duration
from schemas.monitors.folder import Folder, Located
from schemas.monitors.own_drift import DriftMonitorDocument, DriftSpec
from schemas.monitors.problems import did_you_mean
from schemas.monitors.quantity import parse_quantity
from schemas.monitors.resolve_own import scope_with_receivers, shared_fields
from schemas.monitors.resolved import DriftMonitor
from schemas.references import Reference
from schemas.segments import Segment, Segmentation, segment_key
from schemas.signals import Signal, SignalKind

VOLUME: Final = Signal(
    name="events", kind="amount", unit="{event}", description="Number of events."
)
"""What a seasonal monitor may watch beside signals."""

KEPT_SECONDS: Final = {60: 140 * 60, 600: 26 * 3600, 3600: 96 * 3600, 86400: 92 * 86400}
"""How long ``watch`` keeps the past in blocks of each length."""

HOURLY_SECONDS: Final = 39 * 86400
"""How long it keeps blocks of an hour of what references are made of, if some need them."""

_RATE = re.compile(r"([1-9][0-9]{0,5})\s+per\s+(\S+)")
_FEWEST_BLOCKS: Final = 12
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


def trailing_block(length: int, windows: Sequence[int]) -> int | None:
    """Seconds of the blocks that a trailing reference is kept in; ``None`` when it is too long.

    With windows below a day it is kept in hours, to follow the rhythm of days and weeks.

    >>> trailing_block(3600, [600]), trailing_block(16 * 3600, [3600])
    (60, 600)
    >>> trailing_block(28 * 86400, [3600]), trailing_block(28 * 86400, [86400])
    (3600, 86400)
    """
    for block, usual in KEPT_SECONDS.items():
        kept = HOURLY_SECONDS if block == 3600 and windows[0] < 86400 else usual
        if length + length // 4 + windows[-1] + 3 * block <= kept:
            return block
    return None


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
    _check_start(located, spec, segmentation)
    found = _reference(located, spec, windows, read_reference, segment)
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


def _reference(
    located: Located,
    spec: DriftSpec,
    windows: tuple[int, ...],
    read_reference: Callable[[str], Reference],
    segment: Segment,
) -> tuple[Reference | None, int, int] | None:
    """The reference or its length in seconds, and the length of its blocks."""
    given = spec.reference
    if bool(given.trailing) == bool(given.file):
        located.error("spec.reference", "needs 'trailing' or 'file', and only one of them")
        return None
    if given.file:
        if spec.method not in {"shift", "relation"}:
            located.error("spec.reference.file", f"{spec.method!r} looks at 'trailing' time")
        return _from_file(located, given.file, read_reference, segment)
    length = located.window("spec.reference.trailing", given.trailing, units=TIDEWATCH_UNITS)
    if length is None:
        return None
    block = trailing_block(length, windows)
    if block is None:
        located.error("spec.reference.trailing", f"{given.trailing} is longer than what is kept")
        return None
    if length < _FEWEST_BLOCKS * block or length < 2 * windows[-1]:
        located.error(
            "spec.reference.trailing",
            f"{given.trailing} is too short: at least twice the longest window, and "
            f"{_FEWEST_BLOCKS} blocks of {format_duration(block)}",
        )
    return None, length, block


def _check_start(located: Located, spec: DriftSpec, segmentation: Segmentation) -> None:
    """Whether a release and changes can begin the reference."""
    given = spec.reference
    if given.release and "service_version" not in segmentation:
        located.error(
            "spec.reference.release", "compares releases: put service_version into spec.by"
        )
    for name, value in (("release", given.release), ("restartsAfter", given.restarts_after)):
        path = f"spec.reference.{name}"
        if value and given.file:
            located.error(path, "needs 'trailing': a file never changes by itself")
        elif value and spec.method != "shift":
            located.error(path, f"{spec.method!r} looks at all of the past: remove it")


def _from_file(
    located: Located, path: str, read_reference: Callable[[str], Reference], segment: Segment
) -> tuple[Reference | None, int, int] | None:
    try:
        reference = read_reference(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        located.error("spec.reference.file", f"{path} cannot be read: {reason}")
        return None
    fitting = {segment_key({}), segment_key(segment)} | {
        key for key in reference.segments if all(f'"{v}"' in key for v in segment.values())
    }
    if not fitting & reference.segments.keys():
        located.error(
            "spec.reference.file",
            f"{path} has nothing of {segment_key(segment)}: it holds "
            + ", ".join(sorted(reference.segments)[:3]),
        )
    return reference, 0, reference.block_seconds


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
