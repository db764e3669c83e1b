"""Windows to a reference, and two references compared."""

from collections.abc import Iterable, Mapping
from functools import reduce

from msgspec import Raw, Struct

from detectors.drift.effects import NAMES, effect_size
from detectors.summaries import Summary, decode_summary
from detectors.watching.drift_words import describe
from detectors.watching.merging import merge_encoded, merge_newest
from schemas.references import Reference, ReferenceBlock
from schemas.segments import Segment, segment_key
from schemas.windows import Window
from streams.references.models import embedding_models, without_vectors


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
    if block_seconds % resolution:
        raise ValueError(f"blocks of {block_seconds} s are no multiple of {resolution} s")
    events: dict[tuple[str, int], int] = {}
    parts: dict[tuple[str, int], dict[str, list[Raw]]] = {}
    for window in windows:
        if window.resolution_seconds != resolution:
            continue
        segment = _of_release(window.segment, release)
        if segment is None:
            continue
        where = segment_key(segment), window.start // block_seconds * block_seconds
        events[where] = events.get(where, 0) + window.events
        block = parts.setdefault(where, {})
        for signal, raw in window.signals.items():
            block.setdefault(signal, []).append(raw)
    if not events:
        raise ValueError("there are no events in that time: choose another, or another release")
    segments: dict[str, list[ReferenceBlock]] = {}
    for key, start in sorted(events):
        signals = {signal: merge_encoded(raws) for signal, raws in parts[key, start].items()}
        segments.setdefault(key, []).append(ReferenceBlock(start, events[key, start], signals))
    for key, blocks in segments.items():
        if len(embedding_models(blocks)) > 1:
            segments[key] = [without_vectors(block) for block in blocks]
    starts = [start for _, start in events]
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
    """A signal of a segment in two references. ``effect`` is on the scale of ``minimumEffect``."""

    segment: str
    signal: str
    effect: float
    measure: str
    words: str


def compare_references(
    one: Reference, other: Reference, units: Mapping[str, str] | None = None
) -> list[Difference]:
    """Every signal that both have, in every segment of both: the largest difference first.

    ``units`` are of signals by name, for the words.
    """
    found = []
    for key in one.segments.keys() & other.segments.keys():
        before, now = _whole(one.segments[key]), _whole(other.segments[key])
        for signal in before.keys() & now.keys():
            effect = effect_size(before[signal], now[signal])
            if effect is not None:
                found.append(
                    Difference(
                        segment=key,
                        signal=signal,
                        effect=effect,
                        measure=NAMES[type(before[signal])],
                        words=describe(before[signal], now[signal], (units or {}).get(signal, "1")),
                    )
                )
    return sorted(found, key=lambda d: (-d.effect, d.segment, d.signal))


def _whole(blocks: list[ReferenceBlock]) -> dict[str, Summary]:
    by_signal: dict[str, list[Summary]] = {}
    for block in blocks:
        for signal, raw in block.signals.items():
            by_signal.setdefault(signal, []).append(decode_summary(raw))
    return {signal: reduce(merge_newest, found) for signal, found in by_signal.items()}
