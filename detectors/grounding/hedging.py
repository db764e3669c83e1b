"""Words by which an answer says that it is not sure."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.grounding.abstentions import DENIALS, SPEAKERS
from detectors.text.column import TextColumn
from detectors.text.word_lists import any_held, endings_of, holds, may_hold, sorted_hashes

HEDGES: Final = (
    *("maybe", "perhaps", "possibly", "probably", "presumably", "apparently", "seemingly"),
    *("supposedly", "arguably", "potentially", "conceivably", "might", "could", "seems", "seem"),
    *("appears", "likely", "unlikely", "unsure", "uncertain", "unclear", "believe", "guess"),
    *("suspect", "assume", "speculate", "roughly", "approximately"),
)
_OFFERING: Final = ("could", "might")
"""Beside "you" these ask or suggest: "Could you tell me …", "You could try …"."""
_THINKING: Final = ("think",)
"""Hedges behind who speaks: "I think", "we think"."""
_SURE: Final = ("sure", "certain", "know", "positive", "confident")
"""Hedges where who speaks denies them: "I'm not sure", "I don't know"."""
_BEFORE: Final = 3
_BEHIND: Final = 3


class _Lists(NamedTuple):
    you: np.uint64
    endings: NDArray[np.bool_]
    hedges: NDArray[np.uint64]
    offering: NDArray[np.uint64]
    thinking: NDArray[np.uint64]
    denials: NDArray[np.uint64]
    speakers: NDArray[np.uint64]
    sure: NDArray[np.uint64]


def hedged_share(column: TextColumn) -> NDArray[np.float64]:
    """Share of every text's sentences that hold a word or phrase of doubt; NaN without a sentence.

    Examples
    --------
    >>> hedged_share(TextColumn(["It could rain. You could take a bus. Could you wait?"])).round(2)
    array([0.33])
    >>> hedged_share(TextColumn(["I'm not sure. I think so. You may not know it. No doubt."]))
    array([0.5])
    """
    sentences = column.sentences
    shares = np.full(len(sentences.offsets) - 1, np.nan)
    _shares(column.words.hashes, sentences.offsets, sentences.word_bounds, _lists(), shares)
    return shares


@cache
def _lists() -> _Lists:
    endings = endings_of((*HEDGES, *_THINKING, *DENIALS))
    lists = map(sorted_hashes, (HEDGES, _OFFERING, _THINKING, DENIALS, SPEAKERS, _SURE))
    return _Lists(sorted_hashes(("you",))[0], endings, *lists)


@compiled_in_place
def _hedges(hashes: NDArray[np.uint64], first: int, at: int, last: int, lists: _Lists) -> bool:
    """Whether a word, of a sentence from first to last, says with those around it a doubt."""
    word = hashes[at]
    if holds(lists.hedges, word):
        beside = (at > first and hashes[at - 1] == lists.you) or (
            at + 1 < last and hashes[at + 1] == lists.you
        )
        return not (beside and holds(lists.offering, word))
    early, late = max(first, at - _BEFORE), min(last, at + 1 + _BEHIND)
    if holds(lists.thinking, word):
        return at > first and holds(lists.speakers, hashes[at - 1])
    return (
        holds(lists.denials, word)
        and any_held(lists.speakers, hashes, early, at)
        and any_held(lists.sure, hashes, at + 1, late)
    )


@compiled_in_place
def _shares(
    hashes: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    lists: _Lists,
    shares: NDArray[np.float64],
) -> None:
    endings = lists.endings
    for text in range(len(shares)):
        count = offsets[text + 1] - offsets[text]
        hedged = 0
        for sentence in range(offsets[text], offsets[text + 1]):
            first, last = bounds[sentence], bounds[sentence + 1]
            for word in range(first, last):
                if may_hold(endings, hashes[word]) and _hedges(hashes, first, word, last, lists):
                    hedged += 1
                    break
        if count:
            shares[text] = hedged / count
