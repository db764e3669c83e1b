"""A stretch of a text around a place that the scan marked."""

import re
import unicodedata
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from detectors.privacy.kinds import Kind

_SIGNS: Final = {
    **dict.fromkeys((0xA0, 0x2007, 0x202F, 0x2009, 0x200A, 0x2002, 0x2003, 0x3000), " "),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
    0x2019: "'",
}
_KEPT: Final = 4096
_UNUSUAL: Final = re.compile(r"[^\x00-\x7f]")


class Found(NamedTuple):
    """Something found in a window; ``start`` and ``end`` are characters of its text."""

    start: int
    end: int
    kind: Kind
    confidence: float
    value: str


class Window:
    """A text, or a part of it, and the place in it that is looked at.

    Attributes
    ----------
    text
        Digits of all scripts as ASCII, spaces and hyphens of all kinds as the plain ones; every
        character is one of the original.
    start, end
        The place, in characters.
    flags
        What the scan says of the place.
    """

    def __init__(self, original: str, start: int, end: int, flags: int) -> None:
        self.original = original
        plain = original.isascii()
        self.text = original if plain else _UNUSUAL.sub(lambda found: _plain(found[0]), original)
        self.start, self.end, self.flags = start, end, flags

    @cached_property
    def left(self) -> str:
        """What stands before the place."""
        return self.text[: self.start]

    @cached_property
    def right(self) -> str:
        """What stands behind the place."""
        return self.text[self.end :]

    def is_fraction(self, start: int, end: int) -> bool:
        """Whether digits from ``start`` to ``end`` are those behind the point of ``0.25``."""
        text = self.text
        behind_point = start > 1 and text[start - 1] == "." and text[start - 2].isdigit()
        return behind_point and text[start:end].isdigit()


@lru_cache(_KEPT)
def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return _SIGNS.get(ord(character), character)
