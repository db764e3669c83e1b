"""The fitted models as the detector's parameters: small integers, and as a file."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from detectors.text.words import WORD_HASH_VERSION
from detectors.toxicity.kinds import HEADS, LANES
from detectors.toxicity.model import Parameters
from detectors.toxicity.subwords import PAIR_BITS
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
    stored: list[NDArray[Any]] = []
    scales = np.empty((3, LANES), np.float32)
    for place, (table, dtype) in enumerate(((words, np.int16), (pairs, np.int8), (grams, np.int8))):
        whole = dtype == np.int16
        peaks = np.abs(table).max(0) if whole else np.percentile(np.abs(table), _CLIPPED, axis=0)
        scales[place] = np.maximum(peaks, 1e-6) / np.iinfo(dtype).max
        limit = np.iinfo(dtype).max
        stored.append(np.clip(np.rint(table / scales[place]), -limit, limit).astype(dtype))
    network = fitted.network
    output = np.zeros((len(network.output), LANES), np.float32)
    output[:, : len(HEADS)] = network.output / 2
    intercept = np.zeros(LANES, np.float32)
    intercept[: len(HEADS)] = (network.intercept + fitted.intercepts) / 2
    return Parameters(
        words=stored[0],
        pairs=stored[1],
        grams=stored[2],
        scales=scales,
        projection=network.projection.astype(np.float16),
        bias=network.bias,
        output=output,
        intercept=intercept,
        disguise_keys=disguises.keys,
        disguise_rows=disguises.rows,
        calibration=calibration,
    )


def save(parameters: Parameters, path: Path) -> None:
    """Write the parameters; what they rest on is in the header."""
    save_file(
        {name: np.ascontiguousarray(value) for name, value in vars(parameters).items()},
        path,
        metadata={"version": "1", "word_hash": WORD_HASH_VERSION, "heads": " ".join(HEADS)},
    )
