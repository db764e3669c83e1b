"""Windows to a reference, and two references compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

from msgspec import Raw, Struct

from detectors.drift.counts import known_count
from detectors.drift.effects import NAMES, effect_size
from detectors.summaries import Summary, VectorSum, decode_summary
from detectors.watching.drift_words import describe
from detectors.watching.merging import merge_encoded, merge_newest
from schemas.monitors.problems import did_you_mean
from schemas.references import Reference, ReferenceBlock
from schemas.segments import Segment, Segmentation, segment_key
from schemas.windows import Window
from streams.references.models import embedding_models, without_vectors

_SIDES: Final = ("first", "second")
_NAMED: Final = 3
"""Segments that are named at most."""


@dataclass(slots=True)
class _Block:
    events: int
    parts: dict[str, list[Raw]]


def build_reference(
    windows: Iterable[Window],
    *,
    name: str,
    origin: str,
    block_seconds: int,
    resolution: int,
    release: str = "",
) -> Reference:
    """A reference of the windows of one resolution, merged into blocks.

    Segments whose embeddings are of several models get none: they do not compare.

    Parameters
    ----------
    windows
        In any order; of other resolutions than ``resolution`` they are left out.
    name, origin
        What it shall be called, and what it is made of.
    block_seconds
        Length of the blocks: a multiple of ``resolution``.
    resolution
        Length of the windows to take.
    release
        Only segments of this ``service_version``, which then stand for the segments without it.

    Raises
    ------
    ValueError
        When nothing is left, or the lengths do not fit.
    """
    if block_seconds < resolution or block_seconds % resolution:
        raise ValueError(f"blocks of {block_seconds} s are no multiple of {resolution} s")
    read: dict[str, dict[Segmentation, dict[int, _Block]]] = {}
    releases: set[str] = set()
    for window in windows:
        if window.resolution_seconds != resolution:
            continue
        releases.update(filter(None, [window.segment.get("service_version")]))
        segment = _of_release(window.segment, release)
        if segment is None:
            continue
        split = read.setdefault(segment_key(segment), {})
        blocks_of = split.setdefault(tuple(sorted(window.segment)), {})
        start = window.start // block_seconds * block_seconds
        block = blocks_of.setdefault(start, _Block(0, {}))
        block.events += window.events
        for signal, raw in window.signals.items():
            block.parts.setdefault(signal, []).append(raw)
    if not read:
        of_it = f" of release {release!r}{did_you_mean(release, releases)}" if release else ""
        raise ValueError(f"{origin}: there are no events in that time{of_it or ': choose another'}")
    segments: dict[str, list[ReferenceBlock]] = {}
    for key, by_split in sorted(read.items()):
        # A release's events may be split by its role too: those are the same events once more.
        blocks_of = by_split[min(by_split, key=len)]
        segments[key] = [
            ReferenceBlock(
                start,
                block.events,
                {signal: merge_encoded(raws) for signal, raws in block.parts.items()},
            )
            for start, block in sorted(blocks_of.items())
        ]
    for key, blocks in segments.items():
        if len(embedding_models(blocks)) > 1:
            segments[key] = [without_vectors(block) for block in blocks]
    starts = [block.start for blocks in segments.values() for block in blocks]
    return Reference(
        name=name,
        origin=origin,
        begin=min(starts),
        end=max(starts) + block_seconds,
        block_seconds=block_seconds,
        segments=segments,
    )


def _of_release(segment: Segment, release: str) -> Segment | None:
    """The segment under which it stands in the reference; ``None`` for one of another release."""
    if not release:
        return segment
    if segment.get("service_version") != release:
        return None
    return {k: v for k, v in segment.items() if k not in ("service_version", "release_role")}


class Difference(Struct, frozen=True, kw_only=True):
    """A signal of a segment in two references. ``effect`` is on the scale of ``minimumEffect``.

    ``known`` is how many values either has: few differ by chance alone.
    """

    segment: str
    signal: str
    effect: float
    measure: str
    words: str
    known: tuple[int, int]


class Differences(Struct, frozen=True, kw_only=True):
    """How two references differ, the largest difference first.

    ``notes`` say what does not compare, and why.
    """

    found: list[Difference]
    notes: list[str]


def compare_references(
    one: Reference, other: Reference, units: Mapping[str, str] | None = None
) -> Differences:
    """Every signal that both have, in every segment of both.

    Embeddings of different models are left out. ``units`` are of signals by name, for the words.
    """
    found, notes = [], _alone(one, other)
    for key in sorted(one.segments.keys() & other.segments.keys()):
        before, now = _whole(one.segments[key]), _whole(other.segments[key])
        both = before.keys() & now.keys()
        models = [embedding_models(each.segments[key]) for each in (one, other)]
        if all(models) and models[0] != models[1]:
            embeddings = {name for name in both if isinstance(before[name], VectorSum)}
            both -= embeddings
            if embeddings:
                said = " and ".join(" with ".join(each) for each in models)
                notes.append(f"{key}: embeddings are of {said} and do not compare")
        for which, names in zip(_SIDES, (before.keys() - now, now.keys() - before), strict=True):
            if names:
                notes.append(f"{key}: only in the {which}: {', '.join(sorted(names))}")
        for signal in both:
            effect = effect_size(before[signal], now[signal])
            if effect is not None:
                found.append(
                    Difference(
                        segment=key,
                        signal=signal,
                        effect=effect,
                        measure=NAMES[type(before[signal])],
                        words=describe(before[signal], now[signal], (units or {}).get(signal, "1")),
                        known=(known_count(before[signal]), known_count(now[signal])),
                    )
                )
    return Differences(
        found=sorted(found, key=lambda d: (-d.effect, d.segment, d.signal)), notes=notes
    )


def _alone(one: Reference, other: Reference) -> list[str]:
    """The segments that one of them has alone, in words."""
    notes = []
    for which, mine, theirs in zip(_SIDES, (one, other), (other, one), strict=True):
        keys = sorted(mine.segments.keys() - theirs.segments.keys())
        if keys:
            more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
            notes.append(f"only in the {which}: {', '.join(keys[:_NAMED])}{more}")
    return notes


def _whole(blocks: list[ReferenceBlock]) -> dict[str, Summary]:
    by_signal: dict[str, list[Summary]] = {}
    for block in blocks:
        for signal, raw in block.signals.items():
            by_signal.setdefault(signal, []).append(decode_summary(raw))
    return {signal: reduce(merge_newest, found) for signal, found in by_signal.items()}
