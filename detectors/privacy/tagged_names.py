"""People's names that the tagger marks, with the rest of the name beside them."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.countries import LAST_WORDS
from detectors.privacy.frequent_names import CLEAR
from detectors.privacy.given_names import family_names, known_words, ordinary_words
from detectors.privacy.kinds import Kind
from detectors.privacy.other_languages import OTHER_LANGUAGES
from detectors.privacy.person_words import (
    NO_FAMILY,
    NOBODY,
    PLACES,
    SELDOM_PERSONS,
    STREETS,
    THINGS,
)
from detectors.privacy.persons import (
    FAMILY,
    HYPHENED,
    INITIAL,
    NAME,
    NO_PERSON_BEHIND,
    SAINT_BEFORE,
    is_known,
    value_of,
)
from detectors.privacy.window import Found, Window

_BEFORE: Final = re.compile(rf"(?<![\w'’@/.&#-])(?:(?P<name>{NAME})[ ])?(?:{INITIAL}[ ]){{0,2}}\Z")
_LONGEST_BEFORE: Final = 50
_NO_NAMES: Final = NOBODY | SELDOM_PERSONS | LAST_WORDS | (OTHER_LANGUAGES - CLEAR)
_THING: Final = re.compile(r"(?:'s)?(?:[ ][Ll]ast)?[ ]([A-Za-z]+)")
_NAMED_AFTER: Final = STREETS | PLACES
_PARTING: Final = frozenset(("", " ", ",", ":", ";", "!", "?", "\n", '"'))
_SMALL_BEHIND: Final = re.compile(r"(?:[ ][a-hj-z]\.?)?[ ]([^\W\d_]{3,24})(?![^\W_])")
_SURE: Final = 0.65
"""Less than the tagger is of the word: rules that see more of a name are surer of it."""


def tagged_in(window: Window) -> Iterator[Found]:
    """The name that the word in the window's place is part of."""
    text, start, end = window.text, window.start, window.end
    if text[start:end].lower() in _NO_NAMES:
        return
    if text[start].islower():
        behind = _SMALL_BEHIND.match(text, end)
        if behind and _is_family(behind.group(1)):
            end = behind.end()
    else:
        before = None
        if text[start - 1 : start] == " " and text[start - 2 : start - 1] not in _PARTING:
            before = _BEFORE.search(text, max(start - _LONGEST_BEFORE, 0), start)
        if before:
            name = before["name"]
            start = before.start() if name is None or is_known(name) else before.end("name") + 1
        hyphened = HYPHENED.match(text, end)
        end = hyphened.end() if hyphened else end
        family = FAMILY.match(text, end)
        words = family.group().split(" ")[1:] if family else []
        kept = next((i for i, word in enumerate(words) if _ends(word)), len(words))
        if kept < len(words) and words[kept].lower() in _NAMED_AFTER:
            return
        while kept and not _ends_name(words[kept - 1]):
            kept -= 1
        end += sum(len(word) + 1 for word in words[:kept])
        if _is_part(text, start, end):
            return
    yield Found(start, end, Kind.PERSON, _SURE, value_of(text[start:end]))


def _ends(word: str) -> bool:
    """Whether a name is over before a word."""
    return word.lower().rstrip(".") in NO_FAMILY


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether the name is one of a street, a place or a firm."""
    thing = _THING.match(text, end)
    return (
        (thing is not None and thing[1].lower() in THINGS)
        or NO_PERSON_BEHIND.match(text, end) is not None
        or SAINT_BEFORE.search(text, max(start - 8, 0), start) is not None
    )


def _is_name(word: str) -> bool:
    return is_known(word) or word.lower() not in ordinary_words()


def _ends_name(word: str) -> bool:
    return word[0].isupper() and not word.rstrip(".").isupper() and _is_name(word)


def _is_family(word: str) -> bool:
    return word in family_names() or word not in known_words()
