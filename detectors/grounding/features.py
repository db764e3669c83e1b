"""What tells a supported sentence from one that is not, as numbers.

Coverage and novelty follow Grusky et al. (2018), Newsroom: density and coverage of extracts;
the checks of names, numbers, negation and order follow the kinds of error in Kryściński et al.
(2020), Evaluating the Factual Consistency of Abstractive Text Summarization.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.alignment import Source, Work, nearest_pair
from detectors.grounding.index import Index, find
from detectors.grounding.lexicon import Class
from detectors.grounding.tokens import Tokens

FEATURES: Final = (
    "uncovered",
    "unsupported",
    "rarest_unsupported",
    "uncovered_words",
    "uncovered_outside_question",
    "uncovered_pairs",
    "uncovered_by_best",
    "uncovered_by_two",
    "best_unused",
    "synonyms",
    "longest_copy",
    "copied_words",
    "names_new",
    "names_new_share",
    "names_elsewhere",
    "numbers_new",
    "numbers_elsewhere",
    "numbers_misplaced",
    "negation_added",
    "negation_dropped",
    "opposites",
    "quantifiers_new",
    "hedge_added",
    "hedge_dropped",
    "scattered",
    "most_scattered",
    "substituted",
    "most_substituted",
    "inserted",
    "inverted",
    "names_inverted",
    "first_person",
    "second_person",
    "question",
    "length",
    "source_length",
    "similarity_to_best",
    "similarity_to_source",
    "function_pairs_new",
    "words_new",
)
COUNT: Final = len(FEATURES)

_STOP: Final = np.uint16(Class.STOP)
_NEGATION: Final = np.uint16(Class.NEGATION)
_HEDGE: Final = np.uint16(Class.HEDGE)
_QUANTIFIER: Final = np.uint16(Class.QUANTIFIER)
_FIRST: Final = np.uint16(Class.FIRST_PERSON)
_SECOND: Final = np.uint16(Class.SECOND_PERSON)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)
_CALENDAR: Final = np.uint16(Class.CALENDAR)


@compiled
def coverage_features(
    answer: Tokens,
    begin: int,
    end: int,
    source: Source,
    work: Work,
    question: Index,
    question_mask: np.uint64,
    one: int,
    out: NDArray[np.float32],
) -> None:
    """How much of the sentence the source has, by weight, by word and by kind."""
    total = uncovered = unsupported = outside = by_best = by_two = synonyms = 0.0
    rarest = novel_names = names = 0.0
    best_first = one + source.first_sentence
    content = 0
    for at in range(begin, end):
        classes = answer.classes[at]
        weight = answer.weights[at]
        new = work.heads[at] < 0
        out[39] += new
        lost = weight * (1.0 - work.support[at])
        if classes & _FIRST and new:
            out[31] = 1.0
        if classes & _SECOND and new:
            out[32] = 1.0
        if classes & _HEDGE and new:
            out[22] += 1.0
        if classes & _QUANTIFIER and work.places[at] < 0:
            out[21] += 1.0
        if classes & _STOP:
            continue
        content += 1
        total += weight
        unsupported += lost
        rarest = max(rarest, lost)
        if classes & _NAME:
            names += weight
        if new:
            uncovered += weight
            out[3] += 1.0
            if find(question, question_mask, source.stamp, answer.keys[at]) < 0:
                outside += weight
            if classes & _NAME:
                novel_names += weight
                out[12] += 1.0
            if classes & (_NUMBER | _CALENDAR):
                out[15] += 1.0
        elif work.support[at] < 1.0:
            synonyms += weight
        if work.places[at] < 0:
            by_two += weight
            if not new:
                if classes & _NAME:
                    out[14] += 1.0
                if classes & (_NUMBER | _CALENDAR):
                    out[16] += 1.0
        if work.places[at] < 0 or source.tokens.sentences[work.places[at]] != best_first:
            by_best += weight
    whole = max(total, 1e-6)
    out[39] /= max(end - begin, 1)
    out[0] = uncovered / whole
    out[1] = unsupported / whole
    out[2] = rarest
    out[3] = np.log1p(out[3])
    out[4] = outside / whole
    out[6] = by_best / whole
    out[7] = by_two / whole
    out[9] = synonyms / whole
    out[12] = min(out[12], 4.0)
    out[13] = novel_names / names if names > 0.0 else 0.0
    out[14] = min(out[14], 4.0)
    out[15] = min(out[15], 4.0)
    out[16] = min(out[16], 4.0)
    out[21] = min(out[21], 4.0)
    out[22] = min(out[22], 2.0)
    out[34] = np.log1p(np.float32(content))


@compiled
def pair_features(
    answer: Tokens, begin: int, end: int, source: Source, work: Work, out: NDArray[np.float32]
) -> None:
    """Whether neighbours in the sentence are neighbours in the source: copies and new pairs."""
    run = longest = copied = pairs = new_pairs = function_pairs = new_function = 0
    for at in range(begin, end):
        adjacent = False
        if at > begin:
            first, second = work.heads[at - 1], work.heads[at]
            if first >= 0 and second >= 0:
                left, right = nearest_pair(source, first, second)
                adjacent = right == left + 1
            pairs += 1
            new_pairs += not adjacent
            if (answer.classes[at - 1] & _STOP) != (answer.classes[at] & _STOP):
                function_pairs += 1
                new_function += not adjacent
        run = run + 1 if adjacent else (1 if work.heads[at] >= 0 else 0)
        copied += run > 2
        longest = max(longest, run)
    count = max(end - begin, 1)
    out[5] = new_pairs / max(pairs, 1)
    out[10] = longest / count
    out[11] = copied / count
    out[38] = new_function / max(function_pairs, 1)
