"""Building the lexicon: the vocabulary's words with base form, weight, classes and relations."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.grounding.lexicon import FULL_WEIGHT, UNITS, Class, Lexicon
from detectors.text.buffer import buffer_of
from detectors.text.vocabulary import vocabulary
from detectors.text.words import hash_words, words_of
from training.hallucination import word_classes
from training.hallucination.relations import relations_of
from training.hallucination.wordnet import WordNet

STOP_WEIGHT: Final = 0.05
LEAST_WEIGHT: Final = 0.15

_CLASSES: Final = {
    Class.STOP: frozenset(word_classes.STOP),
    Class.NEGATION: frozenset(word_classes.NEGATION),
    Class.FIRST_PERSON: frozenset(word_classes.FIRST_PERSON),
    Class.CALENDAR: frozenset(word_classes.CALENDAR),
    Class.CONTRAST: frozenset(word_classes.CONTRAST),
    Class.FRAME: frozenset(word_classes.FRAME),
    Class.ABOUT: frozenset(word_classes.ABOUT),
    Class.COUNT: frozenset(word_classes.NUMBERS),
    Class.PARTICLE: frozenset(word_classes.PARTICLE),
}
_BASED: Final = frozenset({Class.CONTRAST, Class.FRAME, Class.ABOUT, Class.COUNT, Class.PARTICLE})
_FORMS: Final = frozenset().union(*(of for kind, of in _CLASSES.items() if kind not in _BASED))
"""Words that stand for themselves, not for a base form."""


def count_words(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """In how many texts every word occurs, and how many texts there are."""
    seen: Counter[str] = Counter()
    number = 0
    for text in texts:
        buffer = buffer_of([text])
        words = words_of(buffer)
        seen.update(
            {
                buffer.text(start, end).lower().replace("’", "'")
                for start, end in zip(words.starts.tolist(), words.ends.tolist(), strict=True)
            }
        )
        number += 1
    return seen, number


def build_lexicon(texts: Iterable[str], wordnet: WordNet) -> Lexicon:
    """The lexicon of the vocabulary's English words, weighed by how rare they are in some texts."""
    seen, number = count_words(texts)
    words = [
        word for word in vocabulary().words if word.isascii() and word.replace("'", "").isalpha()
    ]
    place = {word: at for at, word in enumerate(words)}
    bases = np.array([place[_base(word, place, wordnet)] for word in words])
    classes = np.array(
        [sum(kind for kind, of in _CLASSES.items() if word in of) for word in words], np.uint16
    )
    units = [place[unit] for of in UNITS.values() for unit in of if " " not in unit]
    classes[np.isin(bases, units)] |= np.uint16(Class.UNIT)
    # Function words have no near words, only opposites.
    of_pairs = {word for pair in word_classes.OPPOSITES for word in pair.split("/")}
    with_relations = [
        base
        for base in sorted(set(bases.tolist()))
        if not classes[base] & Class.STOP or words[base] in of_pairs
    ]
    related, support = relations_of(words, bases, with_relations, wordnet)
    return Lexicon(
        hashes=hash_words(words),
        bases=bases.astype(np.uint16),
        weights=_weights(words, bases, seen, number),
        classes=classes,
        related=related,
        support=support,
        numbers=np.array([word_classes.NUMBERS.get(word, -1) for word in words], np.int64),
    )


def _base(word: str, place: dict[str, int], wordnet: WordNet) -> str:
    if word in word_classes.SAME:
        return word_classes.SAME[word]
    if word in _FORMS:
        return word
    base = wordnet.base_form(word.removesuffix("'s"))
    return base if base in place else word


def _weights(
    words: list[str], bases: NDArray[np.int64], seen: Counter[str], number: int
) -> NDArray[np.uint16]:
    """Inverse document frequency of the base form, scaled to 0..1."""
    counts = np.zeros(len(words))
    np.add.at(counts, bases, [seen[word] for word in words])
    rarity = np.log(number / np.maximum(counts[bases], 1)) / np.log(number)
    weights = np.clip(rarity, LEAST_WEIGHT, 1.0)
    weights[[word in _CLASSES[Class.STOP] for word in words]] = STOP_WEIGHT
    return np.asarray(np.rint(weights * FULL_WEIGHT), np.uint16)
