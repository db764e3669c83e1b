"""The shipped model: from a text column to calibrated probabilities."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.text.column import TextColumn
from detectors.text.word_vectors import word_vectors
from detectors.toxicity.disguise import undisguise
from detectors.toxicity.kernel import UNITS, Tables, pool, score_windows
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.windows import windows_of

FILE: Final = "toxicity.safetensors"
STEPS: Final = 127
"""Of the integers that stand for the hidden units' weights."""


@dataclass(frozen=True)
class Parameters:
    """The model as it is trained and stored.

    Attributes
    ----------
    words, pairs, grams, scales
        As in :class:`~detectors.toxicity.kernel.Tables`.
    projection
        float16 [256, COLUMNS]: word vectors to hidden units.
    bias, output, intercept
        float32, as in :class:`~detectors.toxicity.kernel.Tables`.
    disguise_keys, disguise_rows, disguise_beginnings
        The dictionary of :func:`~detectors.toxicity.disguise.undisguise`.
    calibration
        float32 [heads, 4]: weights of the head's largest log odds, of toxicity's, and of the
        logarithm of the number of words; intercept.
    """

    words: NDArray[np.int16]
    pairs: NDArray[np.int8]
    grams: NDArray[np.int8]
    scales: NDArray[np.float32]
    projection: NDArray[np.float16]
    bias: NDArray[np.float32]
    output: NDArray[np.float32]
    intercept: NDArray[np.float32]
    disguise_keys: NDArray[np.uint64]
    disguise_rows: NDArray[np.int32]
    disguise_beginnings: NDArray[np.bool_]
    calibration: NDArray[np.float32]


class Pooled(NamedTuple):
    """What is known of texts.

    ``largest`` (float32 [texts, LANES]) is the largest log odds of their windows by head, ``words``
    (int64) how many words they have, ``disguised`` (bool) whether they hold disguised words.
    """

    largest: NDArray[np.float32]
    words: NDArray[np.int64]
    disguised: NDArray[np.bool_]


@dataclass(frozen=True)
class ToxicityModel:
    """Estimates how likely people call a text toxic, and toxic of which kind."""

    parameters: Parameters

    @cached_property
    def tables(self) -> Tables:
        """The tables of the compiled loop."""
        stored = self.parameters
        units, unit_scales = unit_table(stored.projection)
        return Tables(
            stored.words,
            stored.pairs,
            stored.grams,
            units,
            stored.scales,
            unit_scales,
            stored.bias,
            stored.output,
            stored.intercept,
        )

    def pooled(self, column: TextColumn, wanted: NDArray[np.bool_] | None = None) -> Pooled:
        """Score the windows of every text, or of those only that are wanted or disguised."""
        words, data = column.words, column.buffer.data
        stored = self.parameters
        offsets, bounds = windows_of(column.sentences)
        rows = undisguise(
            data,
            words.starts,
            words.ends,
            column.rows,
            stored.disguise_keys,
            stored.disguise_rows,
            stored.disguise_beginnings,
        )
        seen_through = np.flatnonzero(rows != column.rows)
        disguised = np.zeros(len(column), np.bool_)
        disguised[np.searchsorted(words.offsets, seen_through, side="right") - 1] = True
        read = np.ones(len(column), np.bool_) if wanted is None else wanted | disguised
        scores = score_windows(
            *(data, words.starts, words.ends, words.hashes, rows, bounds),
            np.repeat(read, np.diff(offsets)),
            self.tables,
        )
        return Pooled(pool(scores, offsets), np.diff(words.offsets), disguised)

    def probabilities(
        self, column: TextColumn, wanted: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Calibrated probabilities, a row a text, a column a head of :data:`HEADS`.

        Not a number for texts without words, and for those that are neither wanted nor disguised:
        all are wanted unless told otherwise.
        """
        pooled = self.pooled(column, wanted)
        return calibrated(self.parameters.calibration, pooled.largest, pooled.words)


def calibrated(
    calibration: NDArray[np.float32], largest: NDArray[np.float32], words: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Probabilities of texts from their largest windows' log odds and numbers of words."""
    slope, general, length, intercept = calibration.T.astype(np.float64)
    many = np.log(np.maximum(words, 1))[:, None]
    odds = slope * largest[:, : len(HEADS)] + general * largest[:, :1] + length * many + intercept
    result: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return result


def unit_table(projection: NDArray[np.float16]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """What every word adds to the hidden units as int8, and the units' scales.

    The three places of a filter share a scale, since their integers are added.
    """
    table = word_vectors() @ projection.astype(np.float32)
    peaks = np.abs(table).max(axis=0)
    shared = peaks[UNITS:].reshape(-1, UNITS).max(axis=0)
    scales = np.concatenate([peaks[:UNITS], shared]) / STEPS
    steps = np.concatenate([scales[:UNITS], np.tile(scales[UNITS:], len(peaks) // UNITS - 1)])
    return np.rint(table / steps).astype(np.int8), scales.astype(np.float32)


@cache
def toxicity_model() -> ToxicityModel:
    """The model that is shipped."""
    return ToxicityModel(Parameters(**load((files("detectors.models") / FILE).read_bytes())))
