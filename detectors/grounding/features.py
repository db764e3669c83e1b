"""What tells a supported sentence from one that is not, as numbers.

Coverage and novelty follow Grusky et al. (2018), Newsroom: coverage of extracts; the checks of
names, numbers, negation and order follow the kinds of error in Kryściński et al. (2020), Evaluating
the Factual Consistency of Abstractive Text Summarization.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline
from detectors.grounding.columns import Tokens
from detectors.grounding.index import (
    NEGATED,
    PLAIN,
    SCOPE,
    USED,
    Index,
    given_otherwise,
    measured_otherwise,
    pair_place,
    shown,
    slot_of,
    still_given,
)
from detectors.grounding.lexicon import FULL_SUPPORT, RELATED, Class, LexiconTables

FEATURES: Final = (
    "words_new",
    "unsupported",
    "rarest_unsupported",
    "names_new",
    "numbers_new",
    "first_person",
    "contrasts_new",
    "conflicts",
    "negation_added",
    "negation_dropped",
    "numbers_moved",
    "scattered",
    "inverted",
    "content",
)
"""Columns, a sentence a row.

- ``words_new``: share of the words that the source lacks;
- ``unsupported``: share, by rarity, of the content that neither it nor a near word supports;
- ``rarest_unsupported``: rarity of the rarest word that nothing supports;
- ``names_new``, ``numbers_new``, ``first_person``, ``contrasts_new``: how many the source lacks;
- ``conflicts``: rarity of words whose opposite the source has instead;
- ``negation_added``, ``negation_dropped``: 1 where a word is negated that the source never
  negates, or the other way round;
- ``numbers_moved``: numbers of the source that stand beside other words there;
- ``scattered``, ``inverted``: share of neighbours that stand apart in the source, or only in the
  other order;
- ``content``: words that carry meaning, a weight and no feature.
"""
COUNT: Final = len(FEATURES)

_NEW: Final = FEATURES.index("words_new")
_UNSUPPORTED: Final = FEATURES.index("unsupported")
_RAREST: Final = FEATURES.index("rarest_unsupported")
_NAMES: Final = FEATURES.index("names_new")
_NUMBERS: Final = FEATURES.index("numbers_new")
_FIRST_PERSON: Final = FEATURES.index("first_person")
_CONTRASTS: Final = FEATURES.index("contrasts_new")
_CONFLICTS: Final = FEATURES.index("conflicts")
_NEGATION_ADDED: Final = FEATURES.index("negation_added")
_NEGATION_DROPPED: Final = FEATURES.index("negation_dropped")
_MOVED: Final = FEATURES.index("numbers_moved")
_SCATTERED: Final = FEATURES.index("scattered")
_INVERTED: Final = FEATURES.index("inverted")
CONTENT: Final = FEATURES.index("content")

_STOP: Final = np.uint16(Class.STOP)
_NEGATION: Final = np.uint16(Class.NEGATION)
_FIRST: Final = np.uint16(Class.FIRST_PERSON)
_NUMBER: Final = np.uint16(Class.NUMBER | Class.CALENDAR)
_NAME: Final = np.uint16(Class.NAME)
_CONTRAST: Final = np.uint16(Class.CONTRAST)
_FRAME: Final = np.uint16(Class.FRAME | Class.ABOUT)
_MEASURED: Final = np.uint16(Class.NUMBER | Class.COUNT)
_EXCUSED: Final = np.uint16(Class.NUMBER | Class.CALENDAR | Class.QUANTITY) | _FRAME
_ONE: Final = np.uint64(1)
_UNIT: Final = np.float32(1 / FULL_SUPPORT)
_STOP_CONFLICT: Final = np.float32(0.3)
_MOST: Final = 4
"""More of a kind say no more."""


@compiled_inline
def support_of(
    relation: int,
    keys: NDArray[np.uint32],
    present: NDArray[np.uint64],
    size: int,
    lexicon: LexiconTables,
) -> tuple[np.float32, bool]:
    """How far near words in the source support a word it lacks; whether it has an opposite."""
    support = np.float32(0.0)
    conflict = False
    related, degrees = lexicon.related, lexicon.support
    some = np.uint64(0)
    for place in range(RELATED):
        some |= shown(present, size, related[relation, place])
    # Of most words, the source has none that is near.
    if not some & _ONE:
        return support, conflict
    for place in range(RELATED):
        key = related[relation, place]
        if key == 0:
            break
        if keys[slot_of(keys, size, key)] != 0:
            degree = np.float32(degrees[relation, place]) * _UNIT
            conflict = conflict or bool(degree < 0.0)
            support = max(support, degree)
    return support, conflict


@compiled_inline
def read_sentence(
    answer: Tokens,
    begin: int,
    end: int,
    index: Index,
    size: int,
    lexicon: LexiconTables,
    out: NDArray[np.float32],
) -> int:
    """Fill one sentence's row, and mark in the index which words it uses; its words with content.

    Words of the frame are passed over where the source has neither them nor their opposite; numbers
    that it has in another form (see :func:`~detectors.grounding.index.add_forms`) are not new.
    """
    # Fields of tuples are taken once: each time costs a count of references.
    keys, marks, _, pairs, present = index
    answer_keys, weights = answer.keys, answer.weights
    classes_of, relations = answer.classes, answer.relations
    new = passed = content = links = scattered = inverted = 0
    names = numbers = persons = contrasts = moved = 0
    added = dropped = False
    total = unsupported = rarest = conflicts = np.float32(0.0)
    negation = begin - SCOPE - 1
    before = np.uint32(0)
    loose = False
    for at in range(begin, end):
        classes, weight = classes_of[at], weights[at]
        stop = bool(classes & _STOP)
        slot = slot_of(keys, size, answer_keys[at])
        known = keys[slot] != 0
        support = np.float32(1.0)
        if classes & _NEGATION:
            negation = at
        otherwise = False
        if not known and classes & _EXCUSED:
            if classes & _FRAME:
                if not support_of(relations[at], keys, present, size, lexicon)[1]:
                    passed += 1
                    continue
            otherwise = given_otherwise(index, size, answer, at, end, lexicon)
        elif known and classes & _MEASURED:
            measure = measured_otherwise(index, size, answer, at, end)
            if measure >= 0 and not still_given(index, size, answer, measure, lexicon):
                known = False
                numbers += not classes & _NUMBER
        if known:
            mark = marks[slot]
            if not stop and at - negation <= SCOPE:
                added = added or not mark & NEGATED
            elif not stop:
                dropped = dropped or not mark & PLAIN
            marks[slot] = mark | np.uint8(USED)
        elif not otherwise:
            new += 1
            support, conflict = np.float32(0.0), False
            if relations[at]:
                support, conflict = support_of(relations[at], keys, present, size, lexicon)
            if conflict:
                conflicts += _STOP_CONFLICT if stop else weight
            persons += bool(classes & _FIRST)
            contrasts += bool(classes & _CONTRAST)
            names += bool(classes & _NAME)
            numbers += bool(classes & _NUMBER)
        if stop:
            continue
        content += 1
        total += weight
        lost = weight * (np.float32(1.0) - support)
        unsupported += lost
        rarest = max(rarest, lost)
        key = answer_keys[at] if known else np.uint32(0)
        # A number is moved where it is linked to neither of its neighbours.
        number_loose = False
        if key != 0 and before != 0:
            links += 1
            if pairs[pair_place(size, before, key)]:
                loose = False
            elif pairs[pair_place(size, key, before)]:
                inverted += 1
                loose = False
            else:
                scattered += 1
                number_loose = bool(classes & _NUMBER)
        moved += loose
        loose = number_loose
        before = key
    moved += loose
    out[_NEW] = new / max(end - begin - passed, 1)
    out[_UNSUPPORTED] = unsupported / total if total > 0.0 else 0.0
    out[_RAREST] = rarest
    out[_NAMES] = min(names, _MOST)
    out[_NUMBERS] = min(numbers, _MOST)
    out[_FIRST_PERSON] = min(persons, _MOST)
    out[_CONTRASTS] = min(contrasts, _MOST)
    out[_CONFLICTS] = min(conflicts, np.float32(_MOST))
    out[_NEGATION_ADDED] = added
    out[_NEGATION_DROPPED] = dropped
    out[_MOVED] = min(moved, _MOST)
    out[_SCATTERED] = scattered / max(links, 1)
    out[_INVERTED] = inverted / max(links, 1)
    out[CONTENT] = content
    return content
