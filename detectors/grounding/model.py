"""The model over sentence features: how likely an answer holds something its source does not."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.compiled import compiled, compiled_in_place
from detectors.grounding.features import CONTENT, COUNT
from detectors.grounding.lexicon import Lexicon
from detectors.grounding.reading import Reading

FILE: Final = "hallucination.safetensors"


@dataclass(frozen=True)
class Model:
    """Log odds, linear in each feature's largest value and in its mean over the sentences.

    The mean weighs a sentence by its content words. For an answer of one sentence both are that
    sentence's features, so the same weights score a sentence by itself.

    Attributes
    ----------
    largest, mean
        float64, a weight a feature.
    bias
        Of the log odds.
    """

    largest: NDArray[np.float64]
    mean: NDArray[np.float64]
    bias: float

    def probabilities(self, reading: Reading) -> NDArray[np.float64]:
        """Of every answer; NaN where nothing was read."""
        found = self.of_pooled(pool(reading.features, reading.offsets))
        found[np.diff(reading.offsets) == 0] = np.nan
        return found

    def of_pooled(self, pooled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the rows of :func:`pool`."""
        # Sums by place, not by a matrix product, whose rounding may depend on the other rows.
        odds = np.full(len(pooled), self.bias)
        for place, weight in enumerate(np.concatenate([self.largest, self.mean]).tolist()):
            if weight:
                odds += weight * pooled[:, place]
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))

    def least_supported(self, reading: Reading) -> NDArray[np.int64]:
        """Of every answer, the place of its worst sentence in the column; -1 where none."""
        odds = np.zeros(len(reading.features))
        for place, weight in enumerate((self.largest + self.mean).tolist()):
            odds += weight * reading.features[:, place]
        return _worst(odds, reading.offsets, reading.sentences)


def pool(values: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Largest values and weighted means of every answer's rows: float64, two columns a feature."""
    pooled = np.zeros((len(offsets) - 1, 2 * values.shape[1]))
    _pool(values, offsets, pooled)
    return pooled


@compiled_in_place
def _pool(
    values: NDArray[np.float32], offsets: NDArray[np.int64], pooled: NDArray[np.float64]
) -> None:
    count = values.shape[1]
    for answer in range(len(offsets) - 1):
        first, last = offsets[answer], offsets[answer + 1]
        total = 0.0
        for row in range(first, last):
            weight = np.float64(values[row, CONTENT])
            total += weight
            for place in range(count):
                value = np.float64(values[row, place])
                if row == first or value > pooled[answer, place]:
                    pooled[answer, place] = value
                pooled[answer, count + place] += weight * value
        for place in range(count):
            pooled[answer, count + place] /= max(total, 1e-9)


@compiled
def _worst(
    odds: NDArray[np.float64], offsets: NDArray[np.int64], sentences: NDArray[np.int64]
) -> NDArray[np.int64]:
    worst = np.full(len(offsets) - 1, -1)
    for answer in range(len(offsets) - 1):
        most = 0.0
        for row in range(offsets[answer], offsets[answer + 1]):
            if row == offsets[answer] or odds[row] > most:
                most = odds[row]
                worst[answer] = sentences[row]
    return worst


@cache
def shipped() -> tuple[Model, Lexicon]:
    """The model and the lexicon that Tidewatch ships."""
    stored = load((files("detectors.models") / FILE).read_bytes())
    weights = stored["weights"]
    lexicon = Lexicon(
        **{
            name.removeprefix("lexicon."): tensor
            for name, tensor in stored.items()
            if name.startswith("lexicon.")
        }
    )
    return Model(weights[:COUNT], weights[COUNT:-1], float(weights[-1])), lexicon
