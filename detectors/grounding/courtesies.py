"""Sentences that claim nothing: polite ones, and those that announce what follows.

"Let me know if you have any other questions!", "Here is a quick summary:".
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn
from detectors.text.word_lists import holds, sorted_hashes

_POLITE: Final = (
    *("sorry", "apologize", "apologise", "apologies", "thanks", "thank", "welcome", "hello", "hi"),
    *("hey", "glad", "happy", "hope", "hopefully", "pleasure", "assist", "questions", "anything"),
    *("great", "certainly", "absolutely", "understand", "inconvenience", "frustrating", "regret"),
    *("let", "let's", "question", "answer", "summary", "overview", "recap", "breakdown", "example"),
    *("examples", "details", "steps", "points", "options", "wish", "bye", "goodbye", "enjoy"),
)
"""One of these makes a sentence of words of both lists one that claims nothing."""
_BESIDE: Final = (
    *("i", "i'm", "i'd", "i'll", "i've", "we", "we're", "we'd", "we'll", "we've", "you", "you're"),
    *("your", "me", "us", "my", "our", "it", "that", "this", "there", "these", "is", "are", "be"),
    *("am", "was", "were", "been", "have", "has", "had", "having", "do", "can", "could", "may"),
    *("might", "will", "would", "to", "for", "of", "in", "on", "with", "about", "at", "by", "as"),
    *("a", "an", "the", "any", "some", "so", "too", "very", "really", "truly", "completely", "just"),
    *("and", "or", "if", "how", "what", "when", "whether", "else", "other", "more", "further"),
    *("additional", "please", "know", "feel", "free", "ask", "hear", "hearing", "help"),
    *("helps", "helped", "helpful", "helping", "need", "want", "like", "today", "again", "through"),
    *("walk", "explain", "show", "take", "look", "see", "check", "below", "unclear", "clear"),
    *("all", "here", "always", "reaching", "reach", "out", "asking", "contacting", "sharing", "good"),
    *("course", "sure", "no", "problem", "worries", "dear", "best", "kind", "regards", "frustration"),
    *("delay", "trouble", "confusion", "clarify", "clarification", "assistance", "day", "nice"),
    *("wonderful", "lovely", "anytime", "there's", "that's", "information", "patience", "caused"),
    *("here's", "short", "quick", "brief", "simple", "simply", "first", "next", "following", "main"),
    *("key", "above", "detailed", "step", "put", "words", "terms", "make", "does", "sense", "break"),
    *("down", "give", "provide", "find", "luck", "based", "provided", "follow", "don't", "hesitate"),
)  # fmt: skip
_LONGEST: Final = 24


def polite_sentences(column: TextColumn) -> NDArray[np.bool_]:
    """Which sentences of the column are made of polite words and function words alone.

    Examples
    --------
    >>> text = "I'm sorry to hear that! It costs 12 euros. Is there anything else I can help with?"
    >>> polite_sentences(TextColumn([text])).tolist()
    [True, False, True]
    """
    bounds = column.sentences.word_bounds
    found = np.zeros(len(column.sentences.starts), np.bool_)
    polite, beside = _hashes()
    _polite(column.words.hashes, bounds, polite, beside, found)
    return found


@cache
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    return sorted_hashes(_POLITE), sorted_hashes(_BESIDE)


@compiled_in_place
def _polite(
    hashes: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    polite: NDArray[np.uint64],
    beside: NDArray[np.uint64],
    found: NDArray[np.bool_],
) -> None:
    for sentence in range(len(found)):
        first, last = bounds[sentence], bounds[sentence + 1]
        if last - first > _LONGEST:
            continue
        said = False
        at = first
        # Most sentences end this at their first or second word.
        while at < last:
            if holds(polite, hashes[at]):
                said = True
            elif not holds(beside, hashes[at]):
                break
            at += 1
        found[sentence] = said and at == last
