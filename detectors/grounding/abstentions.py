"""Sentences by which an answer says that it does not know, or that its source does not say.

"I couldn't find that in the documents.", "The context does not mention who leads it.": they claim
nothing that a source could lack.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.column import TextColumn
from detectors.text.word_lists import any_held, endings_of, holds, may_hold, sorted_hashes

DENIALS: Final = (
    *("not", "don't", "doesn't", "didn't", "can't", "cannot", "couldn't", "isn't", "aren't"),
    *("wasn't", "weren't", "unable", "won't", "haven't", "hasn't"),
)
SPEAKERS: Final = ("i", "i'm", "i've", "we", "we're", "we've")
_PRESENT: Final = ("do", "don't", "am", "i'm", "are", "we're")
_KNOWING: Final = ("know", "sure", "certain")
"""What a speaker denies in the present: "I don't know", "I'm not sure"."""
_TRYING: Final = (
    *("find", "found", "locate", "answer", "determine", "tell", "say", "confirm", "verify", "help"),
    "assist",
)
"""What a speaker denies at any time: "we were unable to find"."""
_HAVING: Final = ("have", "see")
_MATTERS: Final = ("information", "info", "details", "enough", "access", "knowledge", "mention")
"""What a speaker has none of, or what there is none of: "I don't have enough information"."""
_SOURCES: Final = (
    *("context", "contexts", "document", "documents", "text", "texts", "passage", "passages"),
    *("source", "sources", "article", "articles", "information", "excerpt", "excerpts", "docs"),
    *("material", "materials", "snippet", "snippets", "knowledge", "page", "pages", "content"),
)
_SAYING: Final = (
    *("mention", "say", "specify", "state", "contain", "provide", "include", "give", "indicate"),
    *("discuss", "address", "explain", "reveal", "tell", "answer", "describe"),
)
"""What a source does not: "the text doesn't say"."""
_SAID: Final = (
    *("specified", "mentioned", "stated", "provided", "included", "given", "discussed", "found"),
    *("available", "disclosed", "described", "sufficient", "enough", "clear", "contained"),
)
"""What something is not by a source: "it is not mentioned in the documents"."""
_ALONE: Final = ("unknown", "unanswerable", "na")
_BARE: Final = (
    *("specified", "mentioned", "stated", "given", "available", "provided", "found", "answerable"),
    *("applicable", "a"),
)
"""What with "not" or "n" before it is a whole answer: "Not specified.", "N/A"."""
_TURNS: Final = (
    *("but", "however", "although", "though", "while", "because", "instead", "only", "so", "yet"),
    *("except", "think", "believe", "guess", "probably", "maybe", "perhaps", "actually"),
)
"""Behind these something else may be claimed."""
_LONGEST: Final = 40
_BEFORE: Final = 7
_BEHIND: Final = 3
_NINE: Final = 57
_COMMA: Final = 44


class _Lists(NamedTuple):
    no: np.uint64
    endings: NDArray[np.bool_]
    denials: NDArray[np.uint64]
    speakers: NDArray[np.uint64]
    present: NDArray[np.uint64]
    knowing: NDArray[np.uint64]
    trying: NDArray[np.uint64]
    having: NDArray[np.uint64]
    matters: NDArray[np.uint64]
    sources: NDArray[np.uint64]
    saying: NDArray[np.uint64]
    said: NDArray[np.uint64]
    alone: NDArray[np.uint64]
    bare: NDArray[np.uint64]
    turns: NDArray[np.uint64]
    not_: NDArray[np.uint64]


def abstaining_sentences(column: TextColumn) -> NDArray[np.bool_]:
    """Which sentences of the column say nothing but that something is not known.

    Examples
    --------
    >>> text = "I couldn't find that. The text does not say who leads it. It does not float."
    >>> abstaining_sentences(TextColumn([text])).tolist()
    [True, True, False]
    """
    found = np.zeros(len(column.sentences.starts), np.bool_)
    words, bounds = column.words, column.sentences.word_bounds
    _abstaining(words.hashes, column.buffer.data, words.starts, bounds, _lists(), found)
    return found


@cache
def _lists() -> _Lists:
    lists = (
        *(DENIALS, SPEAKERS, _PRESENT, _KNOWING, _TRYING, _HAVING, _MATTERS, _SOURCES),
        *(_SAYING, _SAID, _ALONE, _BARE, _TURNS, ("not", "n")),
    )
    endings = endings_of((*DENIALS, "no"))
    return _Lists(sorted_hashes(("no",))[0], endings, *map(sorted_hashes, lists))


@compiled_in_place
def _speaker_denies(
    hashes: NDArray[np.uint64], first: int, at: int, last: int, lists: _Lists
) -> bool:
    """Whether at this word, of a sentence from first to last, who speaks denies to know."""
    if not any_held(lists.speakers, hashes, max(first, at - _BEFORE), at):
        return False
    late = min(last, at + 1 + _BEHIND)
    if any_held(lists.knowing, hashes, at + 1, late):
        return any_held(lists.present, hashes, max(first, at - 1), at + 1)
    return any_held(lists.trying, hashes, at + 1, late) or (
        any_held(lists.having, hashes, at + 1, late)
        and any_held(lists.matters, hashes, at + 1, min(last, late + _BEHIND))
    )


@compiled_in_place
def _source_denied(
    hashes: NDArray[np.uint64], first: int, at: int, last: int, lists: _Lists
) -> bool:
    """Whether at this word a source is denied to say something."""
    early, late = max(first, at - _BEFORE), min(last, at + 1 + _BEHIND)
    before = any_held(lists.sources, hashes, early, at)
    if hashes[at] == lists.no:
        return any_held(lists.matters, hashes, at + 1, late) and (
            before or any_held(lists.sources, hashes, at + 1, last)
        )
    return (before and any_held(lists.saying, hashes, at + 1, late)) or (
        any_held(lists.said, hashes, at + 1, late)
        and (before or any_held(lists.sources, hashes, at + 1, last))
    )


@compiled_inline
def _is_bare(hashes: NDArray[np.uint64], first: int, last: int, lists: _Lists) -> bool:
    if last - first == 1:
        return holds(lists.alone, hashes[first])
    return (
        last - first == 2
        and holds(lists.not_, hashes[first])
        and holds(lists.bare, hashes[first + 1])
    )


@compiled_in_place
def _abstaining(
    hashes: NDArray[np.uint64],
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    bounds: NDArray[np.int64],
    lists: _Lists,
    found: NDArray[np.bool_],
) -> None:
    endings = lists.endings
    for sentence in range(len(found)):
        first, last = bounds[sentence], bounds[sentence + 1]
        if last - first > _LONGEST:
            continue
        if last - first <= 2:
            found[sentence] = _is_bare(hashes, first, last, lists)
        for at in range(first, last):
            if not may_hold(endings, hashes[at]):
                continue
            denial = holds(lists.denials, hashes[at])
            spoken = denial and _speaker_denies(hashes, first, at, last, lists)
            if not spoken and not (denial or hashes[at] == lists.no):
                continue
            if not spoken and not _source_denied(hashes, first, at, last, lists):
                continue
            # What is behind a turn, a number, or a comma after "I don't know" may be a claim.
            free = not any_held(lists.turns, hashes, at + 1, last)
            free = free and not (spoken and any_held(lists.speakers, hashes, at + 1, last))
            for behind in range(at + 1, last):
                free = free and data[starts[behind]] > _NINE
                free = free and not (spoken and data[starts[behind] - 2] == _COMMA)
            found[sentence] = free
            break
