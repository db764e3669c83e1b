"""The reference of a drift monitor's document: a stretch of the past, or a file."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from schemas.monitors.duration import TIDEWATCH_UNITS, format_duration
from schemas.monitors.folder import Located
from schemas.monitors.own_drift import DriftSpec
from schemas.references import Reference
from schemas.segments import Segment, Segmentation, segment_key

KEPT_SECONDS: Final = {60: 140 * 60, 600: 26 * 3600, 3600: 96 * 3600, 86400: 92 * 86400}
"""How long ``watch`` keeps the past in blocks of each length."""

HOURLY_SECONDS: Final = 39 * 86400
"""How long it keeps blocks of an hour of what references are made of, if some need them."""

FEWEST_BLOCKS: Final = 12
"""A reference of fewer blocks, or less than twice the longest window, says too little of how much
traffic varies by itself."""

_NEEDS_TRAILING: Final = {
    "release": "needs 'trailing': a file never changes by itself",
    "restartsAfter": "needs 'trailing': a file never changes by itself",
    "whenThin": "needs 'trailing': of a file the nearest parent always stands in",
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


def resolve_reference(
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
        return _from_file(located, spec, windows[-1], read_reference, segment)
    length = located.window("spec.reference.trailing", given.trailing, units=TIDEWATCH_UNITS)
    if length is None:
        return None
    block = trailing_block(length, windows)
    if block is None:
        located.error("spec.reference.trailing", f"{given.trailing} is longer than what is kept")
        return None
    if length < FEWEST_BLOCKS * block or length < 2 * windows[-1]:
        located.error(
            "spec.reference.trailing",
            f"{given.trailing} is too short: at least twice the longest window, and "
            f"{FEWEST_BLOCKS} blocks of {format_duration(block)}",
        )
    return None, length, block


def check_start(located: Located, spec: DriftSpec, segmentation: Segmentation) -> None:
    """Whether a release and changes can begin the reference."""
    given = spec.reference
    if given.release and "service_version" not in segmentation:
        located.error(
            "spec.reference.release", "compares releases: put service_version into spec.by"
        )
    if given.release and given.when_thin:
        located.error(
            "spec.reference.whenThin", "with 'release' it is that release's past: remove it"
        )
    for name, value in (
        ("release", given.release),
        ("restartsAfter", given.restarts_after),
        ("whenThin", given.when_thin),
    ):
        path = f"spec.reference.{name}"
        if value and given.file:
            located.error(path, _NEEDS_TRAILING[name])
        elif value and spec.method != "shift":
            located.error(path, f"{spec.method!r} looks at all of the past: remove it")


def _from_file(
    located: Located,
    spec: DriftSpec,
    longest: int,
    read_reference: Callable[[str], Reference],
    segment: Segment,
) -> tuple[Reference | None, int, int] | None:
    path = spec.reference.file
    try:
        reference = read_reference(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        located.error("spec.reference.file", f"{path} cannot be read: {reason}")
        return None
    parts = {key for key in reference.segments if all(f'"{v}"' in key for v in segment.values())}
    fitting = ({segment_key({}), segment_key(segment)} | parts) & reference.segments.keys()
    if not fitting:
        located.error(
            "spec.reference.file",
            f"{path} has nothing of {segment_key(segment)}: it holds "
            + ", ".join(sorted(reference.segments)[:3]),
        )
    elif lacking := _lacking(reference, fitting, longest, spec.minimum_events):
        located.warning("spec.reference.file", f"there is never a verdict: {path} has {lacking}")
    return reference, 0, reference.block_seconds


def _lacking(reference: Reference, keys: AbstractSet[str], longest: int, minimum: int) -> str:
    """What all these segments have too little of for a verdict; empty if one has enough."""
    block = reference.block_seconds
    fewest, events = max(FEWEST_BLOCKS, 2 * longest // block), 2 * minimum
    found = [reference.segments[key] for key in keys]
    long = [blocks for blocks in found if len(blocks) >= fewest]
    if not long:
        most = max(len(blocks) for blocks in found)
        return (
            f"{most} blocks of {format_duration(block)} and it takes {fewest}: build it of a "
            "longer time" + (", or with a shorter --block" if fewest == FEWEST_BLOCKS else "")
        )
    most = max(sum(each.events for each in blocks) for blocks in long)
    if most < events:
        return f"{most} events and it takes {events}: build it of a longer time"
    return ""
