"""The view of a whole text: which words and pairs occur in it, its mean vector, its cues.

A jailbreak's evidence is spread over all of it: a persona here, rules denied there, a threat at
the end. Each word and pair counts once a text, and sums are divided by the root of how many
there are, so that length says little.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled, compiled_in_place, compiled_inline
from detectors.injection.cues import rules
from detectors.injection.features import slot_of_pair, slot_of_word
from detectors.injection.products import active_product, add_product
from detectors.text.column import TextColumn
from detectors.text.word_vectors import DIMENSIONS

LANES: Final = ("attack", "harmful_request")
SMOOTHING: Final = 8.0
VECTOR_SCALE: Final = 8.0
"""Mean vectors have length 1, 256 columns: about 1 a column after this."""
_ONE: Final = np.uint64(1)
_SIX: Final = np.uint64(6)
_LOW: Final = np.uint64(63)


@dataclass(frozen=True)
class DocumentView:
    """A linear model over words and pairs, and a network over mean vector and form, a lane each.

    Attributes
    ----------
    weights
        int8 [slots, lanes], of words and pairs; ``scales`` (float32 [lanes]) makes them numbers.
    intercepts
        float32 [lanes], of the linear models.
    hidden
        float32 [256 + form, units]: inputs to hidden units, mean vectors of length 1 being times
        :data:`VECTOR_SCALE`; ``hidden_bias`` is theirs.
    output
        float32 [units + 1, lanes]: hidden units to lanes, the biases in the last row.
    """

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]

    def log_odds(
        self, column: TextColumn, form: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the linear models and the networks say: float32 [texts, lanes] each."""
        words = column.words
        linear = linear_documents(words.offsets, words.hashes, self.weights)
        linear = linear * self.scales + self.intercepts
        network = _network(
            column.embeddings, form, self._scaled, self.hidden_bias, self._output_by_lane
        )
        return linear, network

    @cached_property
    def _scaled(self) -> NDArray[np.float32]:
        """``hidden`` for vectors of length 1; the factor is a power of two, so nothing is lost."""
        scaled = self.hidden.copy()
        scaled[:DIMENSIONS] *= np.float32(VECTOR_SCALE)
        return scaled

    @cached_property
    def _output_by_lane(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.output.T)


def form_of(column: TextColumn, cues: NDArray[np.int32]) -> NDArray[np.float32]:
    """Cues and length of every text: float32, a row a text.

    Parameters
    ----------
    column
        The texts.
    cues
        What :meth:`detectors.injection.cues.Rules.count` gives for them.
    """
    families = cues.shape[1]
    form = np.empty((len(column), form_width()), np.float32)
    form[:, :families] = np.log1p(cues)
    form[:, families : 2 * families] = cues > 0
    form[:, -2] = (cues > 0).sum(axis=1) / 4
    form[:, -1] = np.log1p(column.words.counts) / 3
    return form


def form_width() -> int:
    """Columns of :func:`form_of`."""
    return 2 * len(rules().families) + 2


def linear_documents(
    offsets: NDArray[np.int64], hashes: NDArray[np.uint64], weights: NDArray[np.int8]
) -> NDArray[np.float32]:
    """The sum of the weights of every text's different words and pairs, smoothed by their number.

    Parameters
    ----------
    offsets, hashes
        The words of the texts.
    weights
        int8 [slots, lanes].
    """
    lanes = weights.shape[1]
    scores = np.zeros((len(offsets) - 1, lanes), np.float32)
    # A bit a slot: all of them stay in the processor's nearest cache.
    seen = np.zeros(len(weights) >> 6, np.uint64)
    _linear(offsets, hashes, weights, seen, np.zeros(lanes, np.int64), scores)
    return scores


@compiled_in_place
def _linear(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    weights: NDArray[np.int8],
    seen: NDArray[np.uint64],
    totals: NDArray[np.int64],
    scores: NDArray[np.float32],
) -> None:
    lanes = len(totals)
    for text in range(len(scores)):
        seen[:] = 0
        totals[:] = 0
        different = 0
        for word in range(offsets[text], offsets[text + 1]):
            slot = slot_of_word(hashes[word])
            if _is_new(seen, slot):
                different += 1
                for lane in range(lanes):
                    totals[lane] += weights[slot, lane]
            if word > offsets[text]:
                slot = slot_of_pair(hashes[word - 1], hashes[word], 1)
                if _is_new(seen, slot):
                    different += 1
                    for lane in range(lanes):
                        totals[lane] += weights[slot, lane]
        scale = np.float32(1) / np.sqrt(np.float32(different + SMOOTHING))
        for lane in range(lanes):
            scores[text, lane] = np.float32(totals[lane]) * scale


@compiled_inline
def _is_new(seen: NDArray[np.uint64], slot: np.uint64) -> bool:
    """Whether a slot is seen for the first time; marks it."""
    place, bit = slot >> _SIX, _ONE << (slot & _LOW)
    if seen[place] & bit:
        return False
    seen[place] |= bit
    return True


@compiled
def document_slots(
    offsets: NDArray[np.int64], hashes: NDArray[np.uint64], seen: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The slots that :func:`linear_documents` adds up, for training; where each text's begin.

    ``seen`` is -1 at every slot.
    """
    slots = np.empty(2 * len(hashes), np.int32)
    starts = np.zeros(len(offsets), np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        for word in range(offsets[text], offsets[text + 1]):
            slot = slot_of_word(hashes[word])
            if seen[slot] != text:
                seen[slot] = text
                slots[count] = slot
                count += 1
            if word > offsets[text]:
                slot = slot_of_pair(hashes[word - 1], hashes[word], 1)
                if seen[slot] != text:
                    seen[slot] = text
                    slots[count] = slot
                    count += 1
        starts[text + 1] = count
    return slots[:count], starts


@compiled
def _network(
    vectors: NDArray[np.float32],
    form: NDArray[np.float32],
    hidden: NDArray[np.float32],
    hidden_bias: NDArray[np.float32],
    output: NDArray[np.float32],
) -> NDArray[np.float32]:
    lanes, units = output.shape[0], output.shape[1] - 1
    scores = np.empty((len(vectors), lanes), np.float32)
    inner = np.empty(units, np.float32)
    for text in range(len(vectors)):
        for unit in range(units):
            inner[unit] = hidden_bias[unit]
        add_product(vectors[text], hidden, 0, inner)
        add_product(form[text], hidden, vectors.shape[1], inner)
        for lane in range(lanes):
            scores[text, lane] = active_product(inner, output[lane], output[lane, units])
    return scores
