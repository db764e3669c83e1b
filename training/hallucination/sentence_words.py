"""Sentences as lists of words, and the few operations that edits are made of."""

import re
from dataclasses import dataclass
from typing import Final

from training.hallucination.word_classes import STOP

_STOP: Final = frozenset(STOP)
_NUMBER: Final = re.compile(r"\d|\d[\d,.]*\d")

Words = list[str]


def bare(word: str) -> str:
    """The word without punctuation around it."""
    return word.strip("\"'()[]{}.,;:!?*_`“”‘’-–")


def content(words: Words) -> list[int]:
    """Places of words that carry meaning."""
    return [at for at, w in enumerate(words) if len(bare(w)) > 2 and bare(w).lower() not in _STOP]


def names(words: Words) -> list[int]:
    """Places of capitalised words but the first."""
    return [
        at
        for at, word in enumerate(words)
        if at and bare(word)[:1].isupper() and bare(word).lower() not in _STOP
    ]


def numbers(words: Words) -> list[int]:
    """Places of numbers in digits."""
    return [at for at, word in enumerate(words) if _NUMBER.fullmatch(bare(word))]


def replaced(words: Words, at: int, other: str) -> Words:
    """The words with another one at a place, in its punctuation and case."""
    inner = bare(words[at])
    cased = other[:1].upper() + other[1:] if inner[:1].isupper() else other
    return [*words[:at], words[at].replace(inner, cased) if inner else cased, *words[at + 1 :]]


def sentences_of(text: str) -> list[Words]:
    """Sentences of 6 to 45 words."""
    parts = (part.split() for part in re.split(r"(?<=[.!?])\s+|\n+", text))
    return [words for words in parts if 6 <= len(words) <= 45]


@dataclass(frozen=True)
class Document:
    """A source's sentences, and sentences of other sources."""

    text: str
    sentences: list[Words]
    strange: list[Words]

    def bare_words(self, which: str, own: bool) -> list[str]:
        """Names, numbers or content words of the source itself, or of the strange sentences."""
        pick = {"names": names, "numbers": numbers, "content": content}[which]
        return [
            bare(words[at])
            for words in (self.sentences if own else self.strange)
            for at in pick(words)
        ]
