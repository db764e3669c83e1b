"""The fitted models as the detector's parameters: small integers, and as a file."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.text.words import WORD_HASH_VERSION
from detectors.toxicity.kinds import HEADS, LANES
from detectors.toxicity.model import Parameters
from detectors.toxicity.subwords import PAIR_BITS
from training.tensors import write_tensors
from training.toxicity.examples import Disguises
from training.toxicity.fitting import Fitted

_CLIPPED: Final = 99.995
"""Percentile of the hashed coefficients beyond which they are cut."""


def parameters_of(
    fitted: Fitted, disguises: Disguises, calibration: NDArray[np.float32], vocabulary_size: int
) -> Parameters:
    """Put the two models together: a window's log odds are the mean of theirs."""
    lanes = np.zeros((len(fitted.coefficients), LANES), np.float32)
    lanes[:, : len(HEADS)] = fitted.coefficients / 2
    words, pairs, grams = np.split(lanes, [vocabulary_size, vocabulary_size + (1 << PAIR_BITS)])
    scales = np.empty((3, LANES), np.float32)
    whole, scales[0] = _rounded(words, 32767, 100.0)
    pairs_rounded, scales[1] = _rounded(pairs, 127, _CLIPPED)
    grams_rounded, scales[2] = _rounded(grams, 127, _CLIPPED)
    network = fitted.network
    output = np.zeros((len(network.output), LANES), np.float32)
    output[:, : len(HEADS)] = network.output / 2
    intercept = np.zeros(LANES, np.float32)
    intercept[: len(HEADS)] = (network.intercept + fitted.intercepts) / 2
    return Parameters(
        words=whole.astype(np.int16),
        pairs=pairs_rounded.astype(np.int8),
        grams=grams_rounded.astype(np.int8),
        scales=scales,
        projection=network.projection.astype(np.float16),
        bias=network.bias,
        output=output,
        intercept=intercept,
        disguise_keys=disguises.keys,
        disguise_rows=disguises.rows,
        disguise_beginnings=disguises.beginnings,
        calibration=calibration,
    )


def _rounded(
    table: NDArray[np.float32], steps: int, percentile: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A table as whole numbers of at most ``steps``, and the columns' scales."""
    peaks = np.percentile(np.abs(table), percentile, axis=0).astype(np.float32)
    scales = (np.maximum(peaks, 1e-6) / steps).astype(np.float32)
    return np.clip(np.rint(table / scales), -steps, steps), scales


def save(parameters: Parameters, path: Path) -> None:
    """Write the parameters; what they rest on is in the header."""
    write_tensors(
        path,
        {name: np.ascontiguousarray(value) for name, value in vars(parameters).items()},
        {"version": "2", "word_hash": WORD_HASH_VERSION, "heads": " ".join(HEADS)},
    )
