"""Reading answers against their sources: features a sentence, use of the sources."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.batch import Contexts
from detectors.compiled import compiled_in_place
from detectors.grounding.columns import Column, Tokens, as_columns, room_for_tokens
from detectors.grounding.features import COUNT, read_sentence
from detectors.grounding.index import (
    USED,
    Index,
    add_forms,
    fill_index,
    measured_otherwise,
    room_for_index,
    slot_of,
)
from detectors.grounding.lexicon import Class, LexiconTables
from detectors.grounding.markers import heads_table
from detectors.grounding.numbers import ROUNDINGS
from detectors.grounding.tokens import read_tokens
from detectors.text.column import TextColumn

MOST_ANSWER_WORDS: Final = 4096
MOST_SOURCE_WORDS: Final = 16384
"""Of longer texts the first words are read; of a source, all its passages together."""

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER | Class.CALENDAR | Class.QUANTITY)


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes
    ----------
    features
        float32, a row a sentence with content, columns as
        :data:`~detectors.grounding.features.FEATURES`.
    offsets
        int64: the rows of answer ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]``. None
        where answer or source has no words.
    sentences
        int64, the place of each row's sentence in the answers' column.
    use
        float64, weighted share of the source's words that the answer uses; NaN where none.
    position
        float64, where among the passages the most used one is, 0 first, 1 last; NaN where there
        are fewer than two or none is used.
    """

    features: NDArray[np.float32]
    offsets: NDArray[np.int64]
    sentences: NDArray[np.int64]
    use: NDArray[np.float64]
    position: NDArray[np.float64]


def read_answers(
    answers: TextColumn,
    sources: Contexts,
    lexicon: LexiconTables,
    passed_over: NDArray[np.uint8] | None = None,
) -> Reading:
    """Read every answer against its source's passages.

    Parameters
    ----------
    answers, sources, lexicon
        What is read.
    passed_over
        Of every sentence of the answers' column, 1 where it gets no row unless its answer has no
        other ones, 2 where neither it nor what is 1 beside it gets one. Heads of tables, and what
        is left empty of claims by :func:`~detectors.grounding.features.read_sentence`, are as 1.
    """
    if passed_over is None:
        passed_over = np.zeros(len(answers.sentences.starts), np.uint8)
    events = len(sources.offsets) - 1
    most_answer = _most_words(answers.words.offsets, MOST_ANSWER_WORDS)
    most_source = _most_words(sources.column.words.offsets[sources.offsets], MOST_SOURCE_WORDS)
    source = room_for_tokens(most_source)
    most_passages = int(np.diff(sources.offsets).max(initial=0))
    rows = len(answers.sentences.starts)
    reading = Reading(
        np.zeros((rows, COUNT), np.float32),
        np.zeros(events + 1, np.int64),
        np.zeros(rows, np.int64),
        np.full(events, np.nan),
        np.full(events, np.nan),
    )
    filled = _read(
        as_columns(answers),
        as_columns(sources.column),
        sources.offsets,
        lexicon,
        passed_over,
        room_for_tokens(most_answer),
        source,
        room_for_index(len(source.keys)),
        np.zeros(ROUNDINGS, np.uint32),
        np.zeros(most_passages + 1, np.int64),
        reading.features,
        reading.offsets,
        reading.sentences,
        reading.use,
        reading.position,
    )
    return Reading(
        reading.features[:filled],
        reading.offsets,
        reading.sentences[:filled],
        reading.use,
        reading.position,
    )


def _most_words(offsets: NDArray[np.int64], limit: int) -> int:
    return max(min(int(np.diff(offsets).max(initial=0)), limit), 1)


@compiled_in_place
def _use_of(
    source: Tokens, index: Index, bounds: NDArray[np.int64], passages: int
) -> tuple[float, float]:
    """Share of the source's weight that is used; position of the most used passage."""
    classes, weights = source.classes, source.weights
    marks, slots = index.marks, index.slots
    total = whole = most = 0.0
    best = -1
    for passage in range(passages):
        part = 0.0
        for at in range(bounds[passage], bounds[passage + 1]):
            if not classes[at] & _STOP:
                whole += weights[at]
                if marks[slots[at]] & USED:
                    part += weights[at]
        total += part
        if part > most:
            best, most = passage, part
    share = min(total / whole, 1.0) if whole > 0.0 else np.nan
    return share, (best / (passages - 1) if passages > 1 and best >= 0 else np.nan)


@compiled_in_place
def _sentence(answer: Tokens, begin: int, length: int) -> tuple[int, bool]:
    """Where the sentence ends that begins here, and whether it has content."""
    sentences, classes = answer.sentences, answer.classes
    end = begin
    content = False
    while end < length and sentences[end] == sentences[begin]:
        content = content or not classes[end] & _STOP
        end += 1
    return end, content


@compiled_in_place
def _has_new_number(answer: Tokens, length: int, index: Index, size: int) -> bool:
    """Whether the answer has a number, month, unit or scale that the source lacks as it is."""
    keys, classes, indexed = answer.keys, answer.classes, index.keys
    for at in range(length):
        if classes[at] & _NUMBER and (
            not indexed[slot_of(indexed, size, keys[at])]
            or measured_otherwise(index, size, answer, at, length) >= 0
        ):
            return True
    return False


@compiled_in_place
def _read(
    answers: Column,
    passages: Column,
    passage_offsets: NDArray[np.int64],
    lexicon: LexiconTables,
    passed_over: NDArray[np.uint8],
    answer: Tokens,
    source: Tokens,
    index: Index,
    roundings: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    rows: NDArray[np.float32],
    offsets: NDArray[np.int64],
    sentences: NDArray[np.int64],
    use: NDArray[np.float64],
    position: NDArray[np.float64],
) -> int:
    """Fill the arrays of :class:`Reading`; how many rows there are."""
    filled = 0
    for event in range(len(passage_offsets) - 1):
        count = 0
        number = passage_offsets[event + 1] - passage_offsets[event]
        for passage in range(number):
            bounds[passage] = count
            text = passage_offsets[event] + passage
            count = read_tokens(passages, text, MOST_SOURCE_WORDS, lexicon, source, count, False)
        bounds[number] = count
        length = 0
        if count:
            length = read_tokens(answers, event, MOST_ANSWER_WORDS, lexicon, answer, 0, True)
        if length:
            size = fill_index(index, source, count)
            if _has_new_number(answer, length, index, size):
                add_forms(index, size, source, count, roundings)
            silent = False
            for passes in range(2):
                begin = 0
                while begin < length:
                    end, content = _sentence(answer, begin, length)
                    place = answer.sentences[begin]
                    last = answers.ends[answers.word_bounds[place + 1] - 1]
                    # What is behind the last sentence may be of another text.
                    followed = place + 1 < answers.sentence_offsets[event + 1]
                    heads = followed and heads_table(answers.data, last)
                    skipped = passed_over[place] > 0 or heads
                    silent = silent or passed_over[place] > 1
                    if content and (passes or not skipped):
                        said = read_sentence(answer, begin, end, index, size, lexicon, rows[filled])
                        sentences[filled] = place
                        filled += bool(said or passes)
                    begin = end
                if filled > offsets[event] or silent:
                    break
            use[event], position[event] = _use_of(source, index, bounds, number)
        offsets[event + 1] = filled
    return filled
