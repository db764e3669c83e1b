"""People's names by a logistic model of words and their neighbours."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.compiled import compiled_in_place
from detectors.privacy.given_names import (
    AMBIGUOUS_NAMES,
    GIVEN_NAMES,
    family_names,
    lone_names,
)
from detectors.privacy.name_features import (
    AMBIGUOUS,
    CLEAR,
    COMMON,
    FAMILY,
    FEATURES,
    LONE,
    WRITTEN,
)
from detectors.privacy.name_reading import look_of, read_names
from detectors.privacy.name_words import read_word
from detectors.text.buffer import TextBuffer, buffer_of
from detectors.text.vocabulary import vocabulary

FILE: Final = "person_names.safetensors"
_MOST_COMMON: Final = 4_000
_SLOTS: Final = 1 << 18
_LOOKS: Final = 1 << 17


@dataclass(frozen=True)
class NameModel:
    """Weights of features, and what is known of words.

    Attributes
    ----------
    known
        Hash table of known words, open addressing: 24 bits of a word's hash, 8 of what it is.
    names
        Bits by :func:`look_of`: whether any given name in small letters looks so.
    weights
        int8[BUCKETS], a weight is its byte times ``scale``.
    least
        The logit that stands for a probability of one half.
    """

    known: NDArray[np.uint32]
    names: NDArray[np.uint8]
    weights: NDArray[np.int8]
    scale: float
    least: float

    def find(
        self, buffer: TextBuffer, floor: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Names in texts: text, start and end of each (int64[3, n]), and its probability (n).

        ``floor`` is the least logit, beside :attr:`least`, of a word that is part of one.
        """
        most = 64 + len(buffer.data) // 64
        room = np.empty(FEATURES, np.int32)
        while True:
            found, logits = np.empty((3, most), np.int64), np.empty(most, np.float32)
            count = read_names(
                buffer.data, buffer.starts, buffer.ends, self.known, self.names, self.weights,
                self.scale, self.least + floor, room, found, logits,
            )  # fmt: skip
            if count <= most:
                sure = 1 / (1 + np.exp(self.least - logits[:count].astype(np.float64)))
                return found[:, :count], sure
            most = count


@cache
def name_model() -> NameModel:
    """The model that is shipped."""
    tensors = load((files("detectors.models") / FILE).read_bytes())
    scale, least = tensors["scale"].tolist()
    written = np.stack([tensors["written"] >> shift & 3 for shift in (0, 2, 4, 6)], axis=1)
    return NameModel(*known_words(written.ravel()), tensors["weights"], scale, least)


def known_words(written: NDArray[np.uint8]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """The table of known words, and the looks of given names: see :class:`NameModel`.

    Parameters
    ----------
    written
        How texts write each word of the vocabulary: 0 unknown, 1 small, 2 both, 3 with a capital.
    """
    known: dict[str, int] = {}
    for rank, (word, how) in enumerate(zip(vocabulary().words, written.tolist(), strict=False)):
        known[word] = how * WRITTEN | (COMMON if rank < _MOST_COMMON else 0)
    for names, kind in (
        (GIVEN_NAMES, CLEAR),
        (AMBIGUOUS_NAMES, AMBIGUOUS),
        (family_names(), FAMILY),
        (lone_names(), LONE),
    ):
        for name in names:
            known[name] = known.get(name, 0) | kind
    words = sorted(known)
    table, looks = np.zeros(_SLOTS, np.uint32), np.zeros(_LOOKS // 8, np.uint8)
    buffer = buffer_of(words)
    kinds = np.array([known[word] for word in words], np.uint8)
    _fill(buffer.data, buffer.starts, buffer.ends, kinds, table, looks)
    return table, looks


@compiled_in_place
def _fill(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    table: NDArray[np.uint32],
    looks: NDArray[np.uint8],
) -> None:
    mask = np.uint64(len(table) - 1)
    for row in range(len(starts)):
        if kinds[row] == 0:
            continue
        word, _ = read_word(data, starts[row], ends[row])
        slot = (word >> np.uint64(20)) & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = np.uint32(word >> np.uint64(40)) << np.uint32(8) | np.uint32(kinds[row])
        if kinds[row] & CLEAR and ends[row] - starts[row] > 2:
            look = look_of(data, starts[row], ends[row])
            looks[look >> 3] |= np.uint8(1 << (look & 7))
