"""Whether a sentence's words stand to each other as they do in the source.

Columns are those of :data:`~detectors.grounding.features.FEATURES`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.alignment import FAR, Source, Work, bounds_of, nearest_pair, similarity
from detectors.grounding.lexicon import Class
from detectors.grounding.tokens import Tokens

MOST_OF_BEST: Final = 96
"""Words of the best source sentence that are read."""

_STOP: Final = np.uint16(Class.STOP)
_NEGATION: Final = np.uint16(Class.NEGATION)
_HEDGE: Final = np.uint16(Class.HEDGE)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)


@compiled
def negated(tokens: Tokens, at: int, begin: int) -> bool:
    """Whether one of the three words before, or the word itself, negates."""
    for before in range(max(begin, at - 3), at + 1):
        if tokens.classes[before] & _NEGATION:
            return True
    return False


@compiled
def order_features(
    answer: Tokens,
    begin: int,
    end: int,
    source: Source,
    work: Work,
    vectors: NDArray[np.int8],
    out: NDArray[np.float32],
) -> None:
    """Whether words that the source has stand to each other as they do there."""
    before = -1
    before_two = -1
    name_place = -1
    links = 0
    broken = worst = swapped = worst_swap = inverted = placed = 0.0
    for at in range(begin, end):
        classes = answer.classes[at]
        if classes & _STOP:
            continue
        if before >= 0 and work.heads[at] >= 0 and work.heads[before] >= 0:
            left, right = nearest_pair(source, work.heads[before], work.heads[at])
            gap = min(abs(right - left), FAR) / FAR
            weight = min(answer.weights[before], answer.weights[at])
            broken += gap
            worst = max(worst, gap * weight)
            links += 1
            if classes & _NUMBER or answer.classes[before] & _NUMBER:
                out[17] = max(out[17], gap)
            if work.places[before] >= 0 and work.places[at] >= 0:
                placed += 1.0
                inverted += work.places[at] < work.places[before]
        # The neighbours of a word stand together in the source; does the word between them?
        if before_two >= 0 and work.heads[before_two] >= 0 and work.heads[at] >= 0:
            left, right = nearest_pair(source, work.heads[before_two], work.heads[at])
            if 0 < right - left <= 6:
                there = work.heads[before]
                same = False
                nearest = np.float32(0.0)
                between = 0
                for place in range(left + 1, right):
                    same = same or source.tokens.keys[place] == answer.keys[before]
                    if not source.tokens.classes[place] & _STOP:
                        between += 1
                        nearest = max(
                            nearest,
                            similarity(vectors, answer.rows[before], source.tokens.rows[place]),
                        )
                if not same and not (there >= 0 and work.support[before] < 1.0):
                    loss = answer.weights[before] * (1.0 - min(nearest, np.float32(1.0)))
                    if between > 0:
                        swapped += loss
                        worst_swap = max(worst_swap, loss)
                    else:
                        out[28] = min(out[28] + answer.weights[before], 3.0)
        if classes & _NAME and work.places[at] >= 0:
            if name_place >= 0 and work.places[at] < name_place:
                out[30] += 1.0
            name_place = work.places[at]
        before_two = before
        before = at
    out[24] = broken / max(links, 1)
    out[25] = worst
    out[26] = min(swapped, 4.0)
    out[27] = worst_swap
    out[29] = inverted / max(placed, 1.0)
    out[30] = min(out[30], 3.0)


@compiled
def polarity_features(
    answer: Tokens, begin: int, end: int, source: Source, work: Work, out: NDArray[np.float32]
) -> None:
    """Negations and hedges on one side only, and words of opposite meaning."""
    for at in range(begin, end):
        if answer.classes[at] & _STOP and not (work.heads[at] < 0 and work.opposites[at] >= 0):
            continue
        place = work.places[at]
        if work.opposites[at] >= 0 and place < 0:
            out[20] += answer.weights[at] if not answer.classes[at] & _STOP else 0.3
        if place < 0 or answer.classes[at] & _STOP:
            continue
        here = negated(answer, at, begin)
        there = negated(source.tokens, place, 0)
        if here and not there:
            out[18] = 1.0
        if there and not here:
            out[19] = 1.0
    out[20] = min(out[20], 3.0)


@compiled
def source_features(
    answer: Tokens,
    begin: int,
    end: int,
    source: Source,
    work: Work,
    one: int,
    vectors: NDArray[np.int8],
    source_mean: NDArray[np.float32],
    mean: NDArray[np.float32],
    best_mean: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """The best source sentence as a whole: what of it is not used, how near its meaning is."""
    mean[:] = 0.0
    best_mean[:] = 0.0
    total = used = 0.0
    wanted = one + source.first_sentence
    dimensions = vectors.shape[1]
    hedged = False
    if one >= 0:
        first, last = bounds_of(source, one)
        for at in range(first, min(last, first + MOST_OF_BEST)):
            hedged = hedged or bool(source.tokens.classes[at] & _HEDGE)
            if source.tokens.classes[at] & _STOP:
                continue
            weight = source.tokens.weights[at]
            total += weight
            row = source.tokens.rows[at]
            if row >= 0:
                for dimension in range(dimensions):
                    best_mean[dimension] += weight * np.float32(vectors[row, dimension])
    answer_hedged = False
    for at in range(begin, end):
        answer_hedged = answer_hedged or bool(answer.classes[at] & _HEDGE)
        if answer.classes[at] & _STOP:
            continue
        place = work.places[at]
        if place >= 0 and source.tokens.sentences[place] == wanted:
            used += source.tokens.weights[place]
        row = answer.rows[at]
        if row >= 0:
            for dimension in range(dimensions):
                mean[dimension] += answer.weights[at] * np.float32(vectors[row, dimension])
    out[8] = max(1.0 - used / max(total, 1e-6), 0.0) if total > 0.0 else 1.0
    out[23] = 1.0 if hedged and not answer_hedged else 0.0
    out[36] = cosine(mean, best_mean)
    out[37] = cosine(mean, source_mean)
    out[35] = np.log1p(np.float32(source.length))


@compiled
def cosine(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """Cosine of two vectors; 0 where one is zero."""
    dot = left = right = np.float32(0.0)
    for dimension in range(len(one)):
        dot += one[dimension] * two[dimension]
        left += one[dimension] * one[dimension]
        right += two[dimension] * two[dimension]
    scale = np.sqrt(left * right)
    return dot / scale if scale > 0.0 else 0.0
