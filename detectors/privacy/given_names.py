"""Given names of many languages, lower-case."""

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
