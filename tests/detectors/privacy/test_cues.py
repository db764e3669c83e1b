"""Cues looked for by their first letters: the same as all of them at every place."""

import re

from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy.cues import _CUES, _NOT_BEHIND, alternatives, nearest_cue

EVERYWHERE = re.compile(
    "(?:(?<![A-Za-z])|(?<=(?-i:[a-z]))(?=(?-i:[A-Z])))(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _CUES.items())
    + ")"
    + _NOT_BEHIND,
    re.IGNORECASE,
)


def spelt(expression: str) -> str:
    """One of the words that an expression finds."""
    bare = re.sub(r"\\w\*|\\b|\(\?: \(\?:.*?\)\)\?|\(\?:[^()]*\)\?", "", expression)
    first_of_many = re.sub(r"\(\?:([^|()]*)[^()]*\)", r"\1", bare)
    return re.sub(r"\[(.)[^]]*\]", r"\1", first_of_many).replace("?", "")


WORDS = [spelt(each) for words in _CUES.values() for each in alternatives(words)]
PARTS = st.sampled_from([*WORDS, "the", "12", "x", ""]).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.title()])
)
TEXTS = st.lists(
    st.tuples(PARTS, st.sampled_from(["", " ", ": ", "-", "9", "\n"])), max_size=6
).map(lambda pairs: "".join(word + sign for word, sign in pairs))


def by_all(left: str, right: str) -> str:
    """As :func:`nearest_cue` tells."""
    found = [match.lastgroup for match in EVERYWHERE.finditer(left[-56:])]
    found = found[-1:] or [m.lastgroup for m in EVERYWHERE.finditer(right[:24].partition("\n")[0])]
    return (found[0] or "") if found else ""


@given(TEXTS, TEXTS)
def test_first_letters_hide_no_cue(left: str, right: str) -> None:
    assert nearest_cue(left, right) == by_all(left, right)


def test_every_cue_is_told_by_its_own_words() -> None:
    told = [nearest_cue(word, "") for word in WORDS]
    assert sum(map(bool, told)) > 0.9 * len(told)
    assert set(told) - {""} == set(_CUES)
