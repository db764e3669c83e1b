"""Building the lexicon: frequent English words with base form, weight, classes and senses."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.grounding.lexicon import Class, Lexicon
from detectors.text.buffer import buffer_of
from detectors.text.words import hash_words, words_of
from training.hallucination import word_classes
from training.hallucination.wordnet import WordNet

LEAST_TEXTS: Final = 4
"""Words in fewer texts are rare: they weigh as much as unknown ones, and need no entry."""
MOST_ENTRIES: Final = 24_000
SENSES: Final = 4
OPPOSITES: Final = 3
STOP_WEIGHT: Final = 0.05
LEAST_WEIGHT: Final = 0.15

_CLASSES: Final = {
    Class.STOP: word_classes.STOP,
    Class.NEGATION: word_classes.NEGATION,
    Class.HEDGE: word_classes.HEDGE,
    Class.QUANTIFIER: word_classes.QUANTIFIER,
    Class.FIRST_PERSON: word_classes.FIRST_PERSON,
    Class.SECOND_PERSON: word_classes.SECOND_PERSON,
    Class.CALENDAR: word_classes.CALENDAR,
}


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
    """The lexicon of the words that are frequent in some texts, or have a class."""
    seen, number = count_words(texts)
    of_class = {word for words in _CLASSES.values() for word in words}
    pairs = [tuple(pair.split("/")) for pair in word_classes.OPPOSITES]
    fixed = of_class | {word for pair in pairs for word in pair} | set(word_classes.NUMBERS)
    frequent = [
        word
        for word, count in seen.most_common()
        if count >= LEAST_TEXTS and word.isascii() and word.replace("'", "").isalpha()
    ]
    forms = sorted(fixed | set(frequent[:MOST_ENTRIES]))
    bases = {
        word: word if word in of_class else wordnet.base_form(word.removesuffix("'s"))
        for word in forms
    }
    words = sorted(set(forms) | set(bases.values()))
    place = {word: at for at, word in enumerate(words)}
    lemmas = np.array([place[bases.get(word, word)] for word in words], np.uint16)
    return Lexicon(
        hashes=hash_words(words),
        lemmas=lemmas,
        weights=_weights(words, lemmas, seen, number),
        classes=_classes(words),
        senses=_senses(words, lemmas, wordnet),
        opposites=_opposites(words, lemmas, pairs, wordnet),
        numbers=np.array([word_classes.NUMBERS.get(word, -1) for word in words], np.int64),
    )


def _weights(
    words: list[str], lemmas: NDArray[np.uint16], seen: Counter[str], number: int
) -> NDArray[np.float16]:
    """Inverse document frequency of the base form, scaled to 0..1."""
    counts = np.zeros(len(words))
    np.add.at(counts, lemmas, [seen[word] for word in words])
    rarity = np.log(number / np.maximum(counts[lemmas], 1)) / np.log(number)
    weights = np.clip(rarity, LEAST_WEIGHT, 1.0)
    stop = set(word_classes.STOP)
    weights[[word in stop for word in words]] = STOP_WEIGHT
    return np.asarray(weights, np.float16)


def _classes(words: list[str]) -> NDArray[np.uint16]:
    of = {kind: set(members) for kind, members in _CLASSES.items()}
    return np.array(
        [sum(kind for kind, members in of.items() if word in members) for word in words], np.uint16
    )


def _senses(words: list[str], lemmas: NDArray[np.uint16], wordnet: WordNet) -> NDArray[np.uint16]:
    """Synsets that at least two base forms of the lexicon share, numbered from 1; 0 is none."""
    synsets = {at: wordnet.synsets(words[at]) for at in sorted(set(lemmas.tolist()))}
    shared = Counter(sense for found in synsets.values() for sense in found)
    ids: dict[str, int] = {}
    table = np.zeros((len(words), SENSES), np.uint16)
    for at, lemma in enumerate(lemmas.tolist()):
        common = [sense for sense in synsets[lemma] if shared[sense] > 1][:SENSES]
        table[at, : len(common)] = [ids.setdefault(sense, len(ids) + 1) for sense in common]
    return table


def _opposites(
    words: list[str], lemmas: NDArray[np.uint16], pairs: list[tuple[str, ...]], wordnet: WordNet
) -> NDArray[np.uint16]:
    """Base forms of opposite meaning, as entries + 1; 0 is none."""
    place = {word: at for at, word in enumerate(words)}
    found: dict[int, list[int]] = {}
    for one, two in pairs:
        for here, there in ((one, two), (two, one)):
            found.setdefault(int(lemmas[place[here]]), []).append(int(lemmas[place[there]]))
    for lemma in sorted(set(lemmas.tolist())):
        for other in sorted(wordnet.antonyms.get(words[lemma], ())):
            if other in place:
                found.setdefault(lemma, []).append(int(lemmas[place[other]]))
    table = np.zeros((len(words), OPPOSITES), np.uint16)
    for at, lemma in enumerate(lemmas.tolist()):
        others = list(dict.fromkeys(found.get(lemma, [])))[:OPPOSITES]
        table[at, : len(others)] = [other + 1 for other in others]
    return table
