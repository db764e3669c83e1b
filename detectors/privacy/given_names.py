"""Given and family names of many languages, lower-case."""

from functools import cache
from importlib import resources
from typing import Final

from detectors.privacy.frequent_names import AMBIGUOUS, CLEAR

_LISTED: Final = (
    (resources.files("detectors.models") / "given_names.txt").read_text(encoding="utf-8").split()
)

GIVEN_NAMES: Final = CLEAR | {name for name in _LISTED if not name.endswith("?")}
"""Names that are seldom anything else where they are written with a capital."""

AMBIGUOUS_NAMES: Final = AMBIGUOUS | {name[:-1] for name in _LISTED if name.endswith("?")}
"""Names that are also words, places or family names."""


@cache
def family_names() -> frozenset[str]:
    """Family names that are seldom anything else, by the list that is shipped."""
    text = (resources.files("detectors.models") / "family_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
