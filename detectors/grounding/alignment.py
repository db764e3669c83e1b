"""Where each word of an answer's sentence is in the source, and which of its sentences serve it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.index import MOST_OCCURRENCES, Index, find
from detectors.grounding.lexicon import Class, LexiconTables, sense_key
from detectors.grounding.tokens import Tokens

_STOP: Final = np.uint16(Class.STOP)
SYNONYM_SUPPORT: Final = 0.8
MOST_COMPARED: Final = 48
"""Words of either best source sentence that an unknown word's vector is compared with."""
VECTOR_SCALE: Final = 127
"""Word vectors have this length, in whole numbers."""
FAR: Final = 12
"""Two words further apart in the source do not belong together."""


class Source(NamedTuple):
    """A source that is read and indexed: ``length`` tokens, the first sentence's place.

    ``vectors`` holds the vectors of content words, dimension by dimension, ``length`` values each:
    sums along them are what compiles to vector instructions.
    """

    tokens: Tokens
    length: int
    table: Index
    mask: np.uint64
    stamp: int
    first_sentence: int
    vectors: NDArray[np.float32]


class Work(NamedTuple):
    """Room for the alignment of a sentence, and for scores of the source's sentences.

    ``heads`` holds the last position of each word in the source or -1; ``support`` 0..1;
    ``places`` the position in the two best source sentences or -1; ``opposites`` the position of a
    word of opposite meaning or -1; ``nearness`` products of word vectors.
    """

    heads: NDArray[np.int32]
    support: NDArray[np.float32]
    places: NDArray[np.int32]
    opposites: NDArray[np.int32]
    scores: NDArray[np.float32]
    stamps: NDArray[np.int64]
    nearness: NDArray[np.float32]


def room_for_work(most_words: int, most_sentences: int) -> Work:
    """Room for answers and sources of so many words and sentences."""
    return Work(
        np.empty(most_words, np.int32),
        np.empty(most_words, np.float32),
        np.empty(most_words, np.int32),
        np.empty(most_words, np.int32),
        np.zeros(most_sentences, np.float32),
        np.zeros(most_sentences, np.int64),
        np.empty(MOST_COMPARED, np.float32),
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
                    head = find(source.table, source.mask, source.stamp, sense_key(sense))
                    if head >= 0:
                        support = np.float32(SYNONYM_SUPPORT)
                        break
            for other in lexicon.opposites[entry]:
                if other == 0:
                    break
                key = lexicon.keys[other - 1]
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
def similarity(vectors: NDArray[np.int8], one: int, two: int) -> np.float32:
    """Cosine of two words' vectors, in 0..1; 0 where one has none."""
    total = 0
    if one < 0 or two < 0:
        return np.float32(0.0)
    for dimension in range(vectors.shape[1]):
        total += int(vectors[one, dimension]) * int(vectors[two, dimension])
    return np.float32(min(max(total / VECTOR_SCALE**2, 0.0), 1.0))


@compiled
def gather_vectors(
    tokens: Tokens, count: int, vectors: NDArray[np.int8], gathered: NDArray[np.float32]
) -> None:
    """Fill :attr:`Source.vectors`; zeros for words that have none or carry no meaning."""
    for at in range(count):
        row = tokens.rows[at]
        known = row >= 0 and not tokens.classes[at] & _STOP
        for dimension in range(vectors.shape[1]):
            gathered[dimension * count + at] = (
                np.float32(vectors[row, dimension]) if known else np.float32(0.0)
            )


@compiled
def bounds_of(source: Source, sentence: int) -> tuple[int, int]:
    """First token of one of the source's sentences, and the one after its last."""
    wanted = sentence + source.first_sentence
    low, high = 0, source.length
    while low < high:
        middle = (low + high) // 2
        if source.tokens.sentences[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    end = low
    while end < source.length and source.tokens.sentences[end] == wanted:
        end += 1
    return low, end


@compiled
def compare(
    answer: Tokens,
    begin: int,
    end: int,
    source: Source,
    work: Work,
    one: int,
    two: int,
    vectors: NDArray[np.int8],
) -> None:
    """Support words that the source lacks by the nearest word of its two best sentences."""
    if one < 0:
        return
    first = bounds_of(source, one)
    second = bounds_of(source, two) if two >= 0 else (0, 0)
    for at in range(begin, end):
        if work.heads[at] < 0 and not answer.classes[at] & _STOP and answer.rows[at] >= 0:
            vector = vectors[answer.rows[at]]
            best = _nearest(vector, source, work, first[0], first[1])
            best = max(best, _nearest(vector, source, work, second[0], second[1]))
            best = min(best / np.float32(VECTOR_SCALE**2), np.float32(1.0))
            work.support[at] = best * np.float32(SYNONYM_SUPPORT)


@compiled
def _nearest(
    vector: NDArray[np.int8], source: Source, work: Work, begin: int, end: int
) -> np.float32:
    """The largest product with the vectors of a stretch of the source, at least 0."""
    count = min(end - begin, MOST_COMPARED)
    nearness, along, stride = work.nearness, source.vectors, source.length
    for place in range(count):
        nearness[place] = 0.0
    for dimension in range(len(vector)):
        value = np.float32(vector[dimension])
        start = dimension * stride + begin
        for place in range(count):
            nearness[place] += value * along[start + place]
    best = np.float32(0.0)
    for place in range(count):
        best = max(best, nearness[place])
    return best
