"""Reading answers against their sources: features a sentence, use and repetition of the sources."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.batch import Contexts
from detectors.compiled import compiled
from detectors.grounding import features, relations
from detectors.grounding.alignment import (
    VECTOR_SCALE,
    Source,
    Work,
    best_sentence,
    compare,
    gather_vectors,
    look_up,
    place_in,
    room_for_work,
)
from detectors.grounding.index import Index, fill_index, room_for_index, slots_for
from detectors.grounding.lexicon import Class, LexiconTables
from detectors.grounding.tokens import Column, Tokens, read_tokens, room_for_tokens
from detectors.text.column import TextColumn
from detectors.text.word_vectors import word_vectors

MOST_ANSWER_WORDS: Final = 4096
MOST_SOURCE_WORDS: Final = 16384
MOST_QUESTION_WORDS: Final = 256
"""Of longer texts the first words are read; of a source, all its passages together."""

DIMENSIONS: Final = 32
"""Of word vectors: enough to tell a near word from a far one."""

_STOP: Final = np.uint16(Class.STOP)
_QUESTION_MARK: Final = 63


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


class _Rooms(NamedTuple):
    answer: Tokens
    source: Tokens
    question: Tokens
    table: Index
    questions: Index
    work: Work
    used: NDArray[np.int64]
    bounds: NDArray[np.int64]
    means: NDArray[np.float32]
    vectors: NDArray[np.float32]


@cache
def unit_vectors() -> NDArray[np.int8]:
    """The first dimensions of every word's vector, all of one length."""
    vectors = word_vectors()[:, :DIMENSIONS]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(np.rint(vectors / np.maximum(norms, 1e-9) * VECTOR_SCALE), np.int8)


def as_columns(column: TextColumn) -> Column:
    """A text column as kernels read it."""
    words, sentences = column.words, column.sentences
    return Column(
        column.buffer.data,
        words.hashes,
        words.starts,
        words.ends,
        column.rows,
        sentences.offsets,
        sentences.word_bounds,
    )


def read_answers(
    answers: TextColumn, sources: Contexts, questions: TextColumn, lexicon: LexiconTables
) -> Reading:
    """Read every answer against its source's passages and the question it answers."""
    events = len(sources.offsets) - 1
    most_source = _most_words(sources.column.words.offsets[sources.offsets], MOST_SOURCE_WORDS)
    most_answer = _most_words(answers.words.offsets, MOST_ANSWER_WORDS)
    most_passages = int(np.diff(sources.offsets).max(initial=0))
    rooms = _Rooms(
        room_for_tokens(most_answer),
        room_for_tokens(most_source),
        room_for_tokens(MOST_QUESTION_WORDS),
        room_for_index(most_source),
        room_for_index(MOST_QUESTION_WORDS),
        # A sentence holds at least one word; those of skipped words are counted too.
        room_for_work(most_answer, most_source + most_passages + 1),
        np.zeros(most_source, np.int64),
        np.zeros(most_passages + 1, np.int64),
        np.zeros((3, DIMENSIONS), np.float32),
        np.empty(DIMENSIONS * most_source, np.float32),
    )
    rows = len(answers.sentences.starts)
    reading = Reading(
        np.zeros((rows, features.COUNT), np.float32),
        np.zeros(events + 1, np.int64),
        np.zeros(rows, np.int64),
        np.full(events, np.nan),
        np.full(events, np.nan),
    )
    filled = _read(
        as_columns(answers),
        as_columns(sources.column),
        sources.offsets,
        as_columns(questions),
        lexicon,
        unit_vectors(),
        rooms,
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


@compiled
def _mean_vector(
    tokens: Tokens, count: int, vectors: NDArray[np.int8], mean: NDArray[np.float32]
) -> None:
    mean[:] = 0.0
    for at in range(count):
        row = tokens.rows[at]
        if row >= 0 and not tokens.classes[at] & _STOP:
            for dimension in range(vectors.shape[1]):
                mean[dimension] += tokens.weights[at] * np.float32(vectors[row, dimension])


@compiled
def _mark_used(begin: int, end: int, source: Source, work: Work, used: NDArray[np.int64]) -> None:
    """Mark all places of the source's words that these words of the answer are."""
    for at in range(begin, end):
        place = work.heads[at]
        # A word's last place is marked with all others: every place is visited once.
        while place >= 0 and work.support[at] == 1.0 and used[place] != source.stamp:
            used[place] = source.stamp
            place = source.table.earlier[place]


@compiled
def _use_of(
    source: Source, used: NDArray[np.int64], bounds: NDArray[np.int64], passages: int
) -> tuple[float, float]:
    """Share of the source's weight that is used; position of the most used passage."""
    total = whole = most = 0.0
    best = -1
    for passage in range(passages):
        part = 0.0
        for at in range(bounds[passage], bounds[passage + 1]):
            if not source.tokens.classes[at] & _STOP:
                whole += source.tokens.weights[at]
                if used[at] == source.stamp:
                    part += source.tokens.weights[at]
        total += part
        if part > most:
            best, most = passage, part
    share = min(total / whole, 1.0) if whole > 0.0 else np.nan
    return share, (best / (passages - 1) if passages > 1 and best >= 0 else np.nan)


@compiled
def _asks(answers: Column, sentence: int) -> float:
    """1 where a question mark follows the sentence's last word."""
    last = answers.ends[answers.word_bounds[sentence + 1] - 1]
    for at in range(last, min(last + 3, len(answers.data))):
        if answers.data[at] == _QUESTION_MARK:
            return 1.0
        if answers.data[at] != 32:
            break
    return 0.0


@compiled
def _read_sentence(
    begin: int, end: int, source: Source, lexicon: LexiconTables, vectors: NDArray[np.int8],
    rooms: _Rooms, question_mask: np.uint64, round_stamp: int, row: NDArray[np.float32],
) -> None:  # fmt: skip
    answer, work = rooms.answer, rooms.work
    look_up(answer, begin, end, source, lexicon, work)
    two = -1
    one = best_sentence(answer, begin, end, source, work, round_stamp)
    if one >= 0:
        place_in(begin, end, source, work, one)
        two = best_sentence(answer, begin, end, source, work, round_stamp + 1)
        if two >= 0:
            place_in(begin, end, source, work, two)
    compare(answer, begin, end, source, work, one, two, vectors)
    features.coverage_features(
        answer, begin, end, source, work, rooms.questions, question_mask, one, row
    )
    features.pair_features(answer, begin, end, source, work, row)
    relations.order_features(answer, begin, end, source, work, vectors, row)
    relations.polarity_features(answer, begin, end, source, work, row)
    relations.source_features(
        answer, begin, end, source, work, one, vectors,
        rooms.means[0], rooms.means[1], rooms.means[2], row,
    )  # fmt: skip


@compiled
def _read(
    answers: Column, passages: Column, passage_offsets: NDArray[np.int64], questions: Column,
    lexicon: LexiconTables, vectors: NDArray[np.int8], rooms: _Rooms,
    rows: NDArray[np.float32], offsets: NDArray[np.int64], sentences: NDArray[np.int64],
    use: NDArray[np.float64], position: NDArray[np.float64],
) -> int:  # fmt: skip
    """Fill the arrays of :class:`Reading`; how many rows there are."""
    filled = 0
    rounds = 1
    answer = rooms.answer
    for event in range(len(passage_offsets) - 1):
        count = 0
        number = passage_offsets[event + 1] - passage_offsets[event]
        for passage in range(number):
            rooms.bounds[passage] = count
            text = passage_offsets[event] + passage
            count = read_tokens(passages, text, MOST_SOURCE_WORDS, lexicon, rooms.source, count)
        rooms.bounds[number] = count
        length = read_tokens(answers, event, MOST_ANSWER_WORDS, lexicon, answer, 0) if count else 0
        if length:
            stamp = event + 1
            mask = slots_for(count)
            fill_index(rooms.table, mask, stamp, rooms.source, count, lexicon)
            asked = read_tokens(questions, event, MOST_QUESTION_WORDS, lexicon, rooms.question, 0)
            question_mask = slots_for(asked)
            fill_index(rooms.questions, question_mask, stamp, rooms.question, asked, lexicon)
            first = rooms.source.sentences[0]
            gather_vectors(rooms.source, count, vectors, rooms.vectors)
            source = Source(rooms.source, count, rooms.table, mask, stamp, first, rooms.vectors)
            _mean_vector(rooms.source, count, vectors, rooms.means[0])
            begin = 0
            while begin < length:
                end = begin
                content = 0
                sentence = answer.sentences[begin]
                while end < length and answer.sentences[end] == sentence:
                    content += not answer.classes[end] & _STOP
                    end += 1
                if content:
                    row = rows[filled]
                    _read_sentence(
                        begin, end, source, lexicon, vectors, rooms, question_mask, rounds, row
                    )
                    row[33] = _asks(answers, sentence)
                    _mark_used(begin, end, source, rooms.work, rooms.used)
                    sentences[filled] = sentence
                    filled += 1
                    rounds += 2
                begin = end
            use[event], position[event] = _use_of(source, rooms.used, rooms.bounds, number)
        offsets[event + 1] = filled
    return filled
