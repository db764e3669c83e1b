"""Given and family names of many languages, lower-case."""

from functools import cache
from importlib import resources
from typing import Final

from detectors.privacy.frequent_names import AMBIGUOUS, CLEAR, SELDOM_ALONE
from detectors.privacy.other_languages import OTHER_LANGUAGES
from detectors.text.vocabulary import vocabulary

_ORDINARY: Final = 20_000
"""So many words of the vocabulary; of the rarer ones many are names."""
_LISTED: Final = (
    (resources.files("detectors.models") / "given_names.txt").read_text(encoding="utf-8").split()
)

GIVEN_NAMES: Final = CLEAR | {name.rstrip("+") for name in _LISTED if not name.endswith("?")}
"""Names that are seldom anything else where they are written with a capital."""

AMBIGUOUS_NAMES: Final = AMBIGUOUS | {name[:-1] for name in _LISTED if name.endswith("?")}
"""Names that are also words, places or family names."""


@cache
def lone_names() -> frozenset[str]:
    """Given names that are somebody's more often than not also where nothing around them says so.

    Of the long lists those that several languages share and that are no words of the vocabulary:
    others are places, brands or words of another language too often.
    """
    shared = {name[:-1] for name in _LISTED if name.endswith("+")} - known_words()
    return (CLEAR | shared) - AMBIGUOUS_NAMES - SELDOM_ALONE


@cache
def known_words() -> frozenset[str]:
    """Words of the shared vocabulary, and frequent ones of other languages."""
    return frozenset(vocabulary().words) | OTHER_LANGUAGES


@cache
def ordinary_words() -> frozenset[str]:
    """Frequent words, in other languages as well, that no list of family names holds."""
    return (frozenset(vocabulary().words[:_ORDINARY]) - family_names()) | OTHER_LANGUAGES


@cache
def family_names() -> frozenset[str]:
    """Family names that are seldom anything else, by the list that is shipped."""
    text = (resources.files("detectors.models") / "family_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
