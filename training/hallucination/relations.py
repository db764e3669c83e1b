"""Words near in meaning and of opposite meaning, for the lexicon.

Near are words that share a frequent sense, and those whose vectors are near; antonyms contradict,
however near their vectors (counter-fitting, Mrkšić et al. 2016).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.grounding.lexicon import FULL_SUPPORT, RELATED
from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import word_vectors
from training.hallucination import word_classes
from training.hallucination.wordnet import WordNet

SYNONYM: Final = 0.8
NEAREST: Final = 0.75
LEAST_COSINE: Final = 0.35
"""Support by a synonym, and by a word of the same vector; it falls to 0 at this cosine."""
MOST_OPPOSITES: Final = 4
_CHUNK: Final = 2000


def relations_of(
    words: Sequence[str], base_of: NDArray[np.int64], bases: Sequence[int], wordnet: WordNet
) -> tuple[NDArray[np.uint16], NDArray[np.int8]]:
    """Related words of some base forms, and how far they support them.

    Parameters
    ----------
    words
        All words.
    base_of
        int64, the place of every word's base form.
    bases
        Places of the base forms that have relations.
    wordnet
        Where senses and antonyms are from.

    Returns
    -------
    related
        uint16, a row a word: places among ``words`` plus 1, opposites first; 0 is none.
    support
        int8 of each, negative where it contradicts.
    """
    place = dict(zip(words, base_of.tolist(), strict=True))
    synonyms = _synonyms(words, bases, wordnet)
    opposites = _opposites(place, wordnet)
    related = np.zeros((len(words), RELATED), np.uint16)
    support = np.zeros((len(words), RELATED), np.int8)
    for base, near in _neighbours(words, bases).items():
        found = near | dict.fromkeys(synonyms[base], SYNONYM)
        contrary = [other for other in opposites[base] if other != base][:MOST_OPPOSITES]
        degrees = dict.fromkeys(contrary, -1.0)
        for other, degree in sorted(found.items(), key=lambda item: -item[1]):
            degrees.setdefault(other, degree)
        for column, (other, degree) in enumerate(list(degrees.items())[:RELATED]):
            related[base, column] = other + 1
            support[base, column] = round(degree * FULL_SUPPORT)
    return related, support


def _synonyms(words: Sequence[str], bases: Sequence[int], wordnet: WordNet) -> dict[int, list[int]]:
    senses = {base: wordnet.synsets(words[base]) for base in bases}
    members: dict[str, list[int]] = defaultdict(list)
    for base, synsets in senses.items():
        for sense in synsets:
            members[sense].append(base)
    return {
        base: sorted({o for sense in synsets for o in members[sense]} - {base})
        for base, synsets in senses.items()
    }


def _opposites(place: dict[str, int], wordnet: WordNet) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for pair in word_classes.OPPOSITES:
        one, two = (place[word] for word in pair.split("/"))
        found[one].append(two)
        found[two].append(one)
    for word, others in wordnet.antonyms.items():
        if word in place:
            found[place[word]] += [place[other] for other in sorted(others) if other in place]
    return defaultdict(list, {base: list(dict.fromkeys(of)) for base, of in found.items()})


def _neighbours(words: Sequence[str], bases: Sequence[int]) -> dict[int, dict[int, float]]:
    """Of every base form the words with the nearest vectors, and the support they give."""
    row = {word: at for at, word in enumerate(vocabulary().words)}
    vectors = word_vectors()[[row[words[base]] for base in bases]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    found = {}
    for start in range(0, len(bases), _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ vectors.T
        # Itself and those that opposites or synonyms may crowd out.
        nearest = np.argpartition(-cosines, RELATED, axis=1)[:, : RELATED + 1]
        for at, others in enumerate(nearest):
            base = bases[start + at]
            found[base] = {
                bases[other]: NEAREST
                * float((cosines[at, other] - LEAST_COSINE) / (1 - LEAST_COSINE))
                for other in others.tolist()
                if bases[other] != base and cosines[at, other] > LEAST_COSINE
            }
    return found
