"""Where each word of an answer's sentence is in the source, and which of its sentences serve it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.index import MOST_OCCURRENCES, Index, find
from detectors.grounding.lexicon import Class, LexiconTables
from detectors.grounding.tokens import Tokens

_STOP: Final = np.uint16(Class.STOP)
SYNONYM_SUPPORT: Final = 0.8
MOST_COMPARED: Final = 48
"""Words of the two best source sentences that an unknown word's vector is compared with."""
FAR: Final = 12
"""Two words further apart in the source do not belong together."""


class Source(NamedTuple):
    """A source that is read and indexed: ``length`` tokens, the first sentence's place."""

    tokens: Tokens
    length: int
    table: Index
    mask: np.uint64
    stamp: int
    first_sentence: int


class Work(NamedTuple):
    """Room for the alignment of a sentence, and for scores of the source's sentences.

    ``heads`` holds the last position of each word in the source or -1; ``support`` 0..1;
    ``places`` the position in the two best source sentences or -1; ``opposites`` the position of a
    word of opposite meaning or -1; ``candidates`` positions whose vectors are compared.
    """

    heads: NDArray[np.int32]
    support: NDArray[np.float32]
    places: NDArray[np.int32]
    opposites: NDArray[np.int32]
    scores: NDArray[np.float32]
    stamps: NDArray[np.int64]
    candidates: NDArray[np.int32]


def room_for_work(most_words: int, most_sentences: int) -> Work:
    """Room for answers and sources of so many words and sentences."""
    return Work(
        np.empty(most_words, np.int32),
        np.empty(most_words, np.float32),
        np.empty(most_words, np.int32),
        np.empty(most_words, np.int32),
        np.zeros(most_sentences, np.float32),
        np.zeros(most_sentences, np.int64),
        np.empty(MOST_COMPARED, np.int32),
    )


@compiled
def look_up(
    answer: Tokens, begin: int, end: int, source: Source, lexicon: LexiconTables, work: Work
) -> None:
    """Find every word of the sentence in the source: itself, a synonym, an opposite."""
    for at in range(begin, end):
        head = find(source.table, source.mask, source.stamp, answer.keys[at])
        support = np.float32(1.0 if head >= 0 else 0.0)
        opposite = -1
        entry = answer.entries[at]
        if entry >= 0:
            if head < 0 and not answer.classes[at] & _STOP:
                for sense in lexicon.senses[entry]:
                    if sense == 0:
                        break
                    head = find(source.table, source.mask, source.stamp, sense)
                    if head >= 0:
                        support = np.float32(SYNONYM_SUPPORT)
                        break
            for key in lexicon.opposites[entry]:
                if key == 0:
                    break
                opposite = find(source.table, source.mask, source.stamp, key)
                if opposite >= 0:
                    break
        work.heads[at] = head
        work.support[at] = support
        work.places[at] = -1
        work.opposites[at] = opposite


@compiled
def best_sentence(
    answer: Tokens, begin: int, end: int, source: Source, work: Work, round_stamp: int
) -> int:
    """The source's sentence with the most of the words that have no place yet; -1 where none."""
    best, most = -1, np.float32(0.0)
    for at in range(begin, end):
        if work.heads[at] < 0 or work.places[at] >= 0:
            continue
        weight = answer.weights[at] * work.support[at]
        place, seen, previous = work.heads[at], 0, -1
        while place >= 0 and seen < MOST_OCCURRENCES:
            sentence = source.tokens.sentences[place] - source.first_sentence
            if sentence != previous:
                if work.stamps[sentence] != round_stamp:
                    work.stamps[sentence] = round_stamp
                    work.scores[sentence] = 0.0
                work.scores[sentence] += weight
                # Of equals the first: the chain gives later ones before.
                if work.scores[sentence] > most or (
                    work.scores[sentence] == most and sentence < best
                ):
                    best, most = sentence, work.scores[sentence]
                previous = sentence
            place = source.table.earlier[place]
            seen += 1
    return best


@compiled
def place_in(begin: int, end: int, source: Source, work: Work, sentence: int) -> None:
    """Give words that have no place yet their place in this sentence of the source.

    Of several the one nearest after the place of the word before.
    """
    wanted = sentence + source.first_sentence
    last = -1
    for at in range(begin, end):
        if work.places[at] >= 0 or work.heads[at] < 0:
            continue
        place, seen = work.heads[at], 0
        chosen = -1
        while place >= 0 and seen < MOST_OCCURRENCES:
            if source.tokens.sentences[place] == wanted and (chosen < 0 or place > last):
                chosen = place
            place = source.table.earlier[place]
            seen += 1
        if chosen >= 0:
            work.places[at] = chosen
            last = chosen


@compiled
def nearest_pair(source: Source, one: int, two: int) -> tuple[int, int]:
    """The nearest places of two words, given the heads of their chains."""
    best_one, best_two = one, two
    seen = 0
    while one >= 0 and two >= 0 and seen < MOST_OCCURRENCES:
        if abs(two - one) < abs(best_two - best_one) or (
            abs(two - one) == abs(best_two - best_one) and two > one and best_two < best_one
        ):
            best_one, best_two = one, two
        if one > two:
            one = source.table.earlier[one]
        else:
            two = source.table.earlier[two]
        seen += 1
    return best_one, best_two


@compiled
def similarity(vectors: NDArray[np.float32], one: int, two: int) -> np.float32:
    """Cosine of two words' vectors, at least 0; 0 where one has none."""
    total = np.float32(0.0)
    if one < 0 or two < 0:
        return total
    for dimension in range(vectors.shape[1]):
        total += vectors[one, dimension] * vectors[two, dimension]
    return max(total, np.float32(0.0))


@compiled
def compare(
    answer: Tokens,
    begin: int,
    end: int,
    source: Source,
    work: Work,
    one: int,
    two: int,
    vectors: NDArray[np.float32],
) -> None:
    """Support words that the source lacks by the nearest word of its two best sentences."""
    found = 0
    for sentence in (one, two):
        if sentence < 0:
            continue
        wanted = sentence + source.first_sentence
        # Sentences lie one after the other: their first token by bisection.
        low, high = 0, source.length
        while low < high:
            middle = (low + high) // 2
            if source.tokens.sentences[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        while (
            low < source.length and source.tokens.sentences[low] == wanted and found < MOST_COMPARED
        ):
            if not source.tokens.classes[low] & _STOP and source.tokens.rows[low] >= 0:
                work.candidates[found] = source.tokens.rows[low]
                found += 1
            low += 1
    for at in range(begin, end):
        if work.heads[at] >= 0 or answer.classes[at] & _STOP or answer.rows[at] < 0:
            continue
        best = np.float32(0.0)
        for candidate in range(found):
            best = max(best, similarity(vectors, answer.rows[at], work.candidates[candidate]))
        work.support[at] = min(best, np.float32(1.0)) * np.float32(SYNONYM_SUPPORT)
