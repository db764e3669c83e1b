"""A head: the model that scores stretches, and says of a text how likely one of them is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.compiled import compiled, compiled_in_place
from detectors.injection import features
from detectors.injection.features import TOPIC_DIMENSIONS, Reading
from detectors.injection.products import active_product, add_product
from detectors.injection.unit_sums import in_bytes, unit_sums
from detectors.text.word_vectors import word_vectors
from detectors.text.words import WORD_HASH_VERSION

FILE: Final = "injection.safetensors"
POOLED: Final = ("soft maximum", "maximum", "mean probability", "stretches")


@dataclass(frozen=True)
class Head:
    """Scores stretches by hashed words and pairs, plus a small network over word vectors.

    What is scored are lanes: one thing that a stretch may be each.

    Attributes
    ----------
    weights, scales
        Of the linear models: int8 [slots, lanes], and what makes numbers of them, float32 [lanes].
    projection
        Word vectors to hidden units, a column a unit.
    form_weights
        :data:`~detectors.injection.features.FORM` to hidden units, a column a unit.
    hidden_bias
        Of the hidden units.
    output
        float32 [lanes, units + 1]: hidden units to scores, the bias last.
    pooling
        float64 [5]: weights of :data:`POOLED`, then the intercept, of a text's log odds in the
        first lane.
    """

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    projection: NDArray[np.float32]
    form_weights: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    pooling: NDArray[np.float64]

    @cached_property
    def _table(self) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """What every word of the vocabulary adds to the hidden units, and its topic; scales."""
        vectors = word_vectors()
        return in_bytes(np.hstack([vectors @ self.projection, vectors[:, :TOPIC_DIMENSIONS]]))

    def score_stretches(self, reading: Reading) -> NDArray[np.float32]:
        """Log odds of every stretch, not calibrated: float32 [stretches, lanes]."""
        column, stretches = reading.column, reading.stretches
        bounds = stretches.word_bounds
        words, rows = column.words, column.rows
        table, scales = self._table
        units = len(self.hidden_bias)
        sums = unit_sums(rows, bounds, table, scales)
        form = features.forms(
            column.buffer.data,
            words.ends,
            rows,
            stretches.offsets,
            bounds,
            sums[:, units : units + TOPIC_DIMENSIONS],
        )
        scores = features.linear_scores(words.hashes, bounds, self.weights)
        scores *= self.scales
        _add_network(
            sums,
            form,
            self.form_weights,
            self.hidden_bias,
            self.output,
            np.empty_like(self.hidden_bias),
            scores,
        )
        return scores

    def pooled(self, reading: Reading) -> NDArray[np.float64]:
        """:data:`POOLED` of every text: float64 [lanes, texts, 4]."""
        scores, offsets = self.score_stretches(reading), reading.stretches.offsets
        return np.stack([pool(np.ascontiguousarray(lane), offsets) for lane in scores.T])

    def probabilities(
        self, pooled: NDArray[np.float64], offsets: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Of every text, the probability that it is what the first lane scores; 0 without words.

        Parameters
        ----------
        pooled, offsets
            :data:`POOLED` of the texts in that lane, and where their stretches begin.
        """
        return pooled_probability(pooled, self.pooling, np.diff(offsets) > 0)


@cache
def head(name: str) -> Head:
    """The shipped head ``prompt`` or ``context``.

    Raises
    ------
    ValueError
        When the model was trained with another hash of words.
    """
    return head_of(tensors_of(name))


def tensors_of(name: str) -> dict[str, NDArray[Any]]:
    """The shipped tensors of one part of the models, without the part's name.

    Raises
    ------
    ValueError
        When the model was trained with another hash of words.
    """
    start = f"{name}."
    return {key.removeprefix(start): t for key, t in stored().items() if key.startswith(start)}


@cache
def stored() -> dict[str, NDArray[Any]]:
    """The tensors of the shipped models.

    Raises
    ------
    ValueError
        When they were trained with another hash of words.
    """
    file = files("detectors.models") / FILE
    tensors = load(file.read_bytes())
    version = str(int(tensors["word_hash_version"][0]))
    if version != WORD_HASH_VERSION:
        raise ValueError(
            f"{FILE} was trained with word hash {version}, this is {WORD_HASH_VERSION}: "
            "run python -m training.injection"
        )
    return tensors


def probability(odds: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities of log odds; 0 where nothing is known."""
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return np.where(known, chances, 0.0)


def pooled_probability(
    pooled: NDArray[np.float64], weights: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Probabilities of what was pooled, a row a text; the last weight is the odds' intercept."""
    odds = np.full(len(pooled), weights[-1])
    for place, values in enumerate(pooled.T):
        odds += weights[place] * values
    return probability(odds, known)


def head_of(tensors: Mapping[str, NDArray[Any]]) -> Head:
    """A head of its tensors as stored: weights in eight bits with scales, the rest in floats."""
    return Head(
        weights=tensors["weights"],
        scales=tensors["scales"],
        projection=tensors["projection"].astype(np.float32),
        form_weights=tensors["form_weights"].astype(np.float32),
        hidden_bias=tensors["hidden_bias"].astype(np.float32),
        output=tensors["output"].astype(np.float32),
        pooling=tensors["pooling"].astype(np.float64),
    )


@compiled_in_place
def _add_network(
    sums: NDArray[np.float32],
    form: NDArray[np.float32],
    form_weights: NDArray[np.float32],
    hidden_bias: NDArray[np.float32],
    output: NDArray[np.float32],
    inner: NDArray[np.float32],
    scores: NDArray[np.float32],
) -> None:
    units = len(hidden_bias)
    for stretch in range(len(scores)):
        for unit in range(units):
            inner[unit] = hidden_bias[unit] + sums[stretch, unit]
        add_product(form[stretch], form_weights, 0, inner)
        for lane in range(len(output)):
            scores[stretch, lane] += active_product(inner, output[lane], output[lane, units])


@compiled
def pool(scores: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """:data:`POOLED` of every text, from the scores of its stretches; zeros where it has none."""
    pooled = np.zeros((len(offsets) - 1, 4), np.float64)
    for text in range(len(pooled)):
        first, last = offsets[text], offsets[text + 1]
        if first == last:
            continue
        highest = scores[first]
        for stretch in range(first + 1, last):
            highest = max(highest, scores[stretch])
        weights = total = likely = 0.0
        for stretch in range(first, last):
            score = np.float64(scores[stretch])
            weight = np.exp(score - highest)
            weights += weight
            total += weight * score
            likely += 1 / (1 + np.exp(-score))
        pooled[text, 0] = total / weights
        pooled[text, 1] = highest
        pooled[text, 2] = likely / (last - first)
        pooled[text, 3] = np.log(np.float64(last - first))
    return pooled
