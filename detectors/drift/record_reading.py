"""Blocks of a reference read as numbers, in the features that they ask for."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.drift.features import features_of, is_sound, sums_of
from detectors.drift.record import Record
from detectors.drift.rhythm import Rhythm
from detectors.drift.vector_features import VectorFeatures, shrinkage
from detectors.summaries import Summary, VectorSum, encode_summary, merge_alike
from schemas.monitors.resolve_drift_reference import FEWEST_BLOCKS

Floats = NDArray[np.float64]

Reading = tuple[Record, Floats, Rhythm, tuple[bytes | None, ...]]
"""A record; what is expected of an event, and the encoded reference, of each phase of a rhythm."""

Span = tuple[int, int]
"""Begin and end, in epoch seconds."""


class Stretch(Protocol):
    """A block of the reference."""

    @property
    def start(self) -> int:
        """Begin, in epoch seconds."""
        ...

    @property
    def events(self) -> int:
        """How many events."""
        ...

    @property
    def summary(self) -> Summary | None:
        """The signal's summary, where any is known."""
        ...


def read_record(blocks: Sequence[Stretch], block: int, longest: int) -> Reading | None:
    """The blocks as numbers; the longest window has ``longest`` of them.

    ``None`` where there are too few blocks.
    """
    kind = next((type(b.summary) for b in reversed(blocks) if b.summary is not None), None)
    known = [
        (b.start, b.summary)
        for b in blocks
        if b.summary is not None and type(b.summary) is kind and is_sound(b.summary)
    ]
    if len(known) < FEWEST_BLOCKS:
        return None
    features = features_of(merge_alike([summary for _, summary in known]))
    if features is None:
        return None
    pairs = sums_of(features, [summary for _, summary in known])
    found = [(*each, pair) for each, pair in zip(known, pairs, strict=True)]
    usable = [(start, summary, pair) for start, summary, pair in found if pair is not None]
    if len(usable) < max(FEWEST_BLOCKS, 2 * longest):
        return None
    starts = np.array([start for start, *_ in usable])
    counts = np.array([count for *_, (count, _) in usable])
    raw = np.array([each for *_, (_, each) in usable])
    rhythm = Rhythm.of(starts, block)
    rows, size = rhythm.phase(starts), rhythm.phases
    weights = np.bincount(rows, counts, size).astype(np.float64)[:, None]
    totals = np.zeros((size, raw.shape[1]))
    np.add.at(totals, rows, raw)
    pooled = totals.sum(axis=0) / max(weights.sum(), 1)
    means = np.where(weights > 0, totals / np.maximum(weights, 1), pooled)
    residuals, sampling = raw - counts[:, None] * means[rows], None
    if isinstance(features, VectorFeatures):
        features, residuals, sampling = _turned(
            features, residuals, counts, [s for _, s, _ in usable]
        )
    else:
        residuals = features.scaled(residuals)
        shares = means[rows].clip(0, 1)
        sampling = float(((shares * (1 - shares) / features.scales**2) @ features.weights).mean())
    before: dict[int, list[Summary]] = {}
    for row, (_, summary, _) in zip(rows.tolist(), usable, strict=True):
        before.setdefault(row, []).append(summary)
    record = Record(
        features,
        features.scaled(means),
        rows,
        counts,
        residuals,
        rhythm.period // block,
        block,
        sampling,
        longest,
        starts,
    )
    encoded = [
        encode_summary(merge_alike(before[row])) if row in before else None for row in range(size)
    ]
    return record, means, rhythm, tuple(encoded)


def _turned(
    features: VectorFeatures, residuals: Floats, counts: NDArray[np.int64], blocks: list[Summary]
) -> tuple[VectorFeatures, Floats, float | None]:
    """Vectors' features, residuals, and what sampling alone makes of their variance.

    A block's residual is as features would have it that do not know the block (leaving one out, by
    Sherman and Morrison's formula): those that were made to fit it make it smaller.
    """
    roots = np.sqrt(counts)[:, None]
    turned = features.among(residuals / roots)
    found = turned.scaled(residuals)
    known = np.square(found / roots).sum(axis=1, keepdims=True) / len(found)
    known *= 1 - shrinkage(*found.shape)
    found /= np.sqrt(1 - known.clip(max=0.9))
    events = within = 0.0
    for block in blocks:
        if isinstance(block, VectorSum):
            events += block.count - 1
            within += block.count * (block.variance or 0.0)
    if not events or within <= 0:
        return turned, found, None
    # As neighbouring blocks differ, so does sampling, where it is all that they differ by.
    before, now = (
        float(np.square(np.diff(each / roots, axis=0)).sum()) for each in (residuals, found)
    )
    return turned, found, within / events * now / max(before, 1e-300)
