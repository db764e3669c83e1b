"""Which findings of a response the user's prompt does not hold."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.privacy.dates import DATE, date_form
from detectors.privacy.findings import Finding, Findings
from detectors.privacy.kinds import Kind
from detectors.privacy.street_forms import street_form

_SIGNS: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
_SPELT_SIGNS: Final = re.compile(r"\W(?:at|dot)\W")
"""Of an e-mail address, as in ``ann [at] example dot org``."""
_PHONE_DIGITS: Final = 9
"""Country code and trunk prefix differ between spellings of a number; its last digits do not."""
_TELLING: Final = 64
"""Values of more characters are part of no other one by chance."""


def leaked(
    found: Findings, prompts: Sequence[str | None], in_prompts: Findings
) -> NDArray[np.bool_]:
    """Which findings of the responses their prompts do not hold, however written there.

    Parameters
    ----------
    found
        Of the responses.
    prompts
        The prompts, one a response.
    in_prompts
        Findings of the prompts.
    """
    said = {
        (int(row), item.value) for row, item in zip(in_prompts.rows, in_prompts.items, strict=True)
    }
    read: dict[int, _Prompt] = {}
    new = np.zeros(len(found), np.bool_)
    for number, (row, item) in enumerate(zip(found.rows.tolist(), found.items, strict=True)):
        if (row, item.value) not in said:
            if row not in read:
                read[row] = _Prompt(prompts[row] or "")
            new[number] = not read[row].holds(item)
    return new


class _Text:
    """A text without case and accents, in which values are looked for whatever parts them."""

    def __init__(self, text: str) -> None:
        text = text.casefold()
        if not text.isascii():
            text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        self._text = text
        self.plain = _SIGNS.sub("", text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(_WORD.findall(self._text))

    def has(self, value: str, *, any_before: bool = False) -> bool:
        """Whether it has a plain value that is no part of a longer number or word.

        With ``any_before`` it may be the end of one.
        """
        if not value or value not in self.plain:
            return False
        if len(value) > _TELLING:
            return True
        begin = "" if any_before else f"(?<!{_same(value[0])})"
        inner = r"[\W_]*".join(value)  # a plain value has no signs to escape
        return re.search(f"{begin}{inner}(?!{_same(value[-1])})", self._text) is not None


def _same(character: str) -> str:
    return r"\d" if character.isdigit() else r"[^\W\d_]"


class _Prompt:
    """A prompt in the forms that values are looked for in."""

    def __init__(self, text: str) -> None:
        self._original = text
        self._text = _Text(text)

    def holds(self, item: Finding) -> bool:
        """Whether it has the value: with other signs, in other case, a date in another order."""
        if item.kind is Kind.PERSON:
            return self._holds_name([_Text(part) for part in item.value.split()])
        if item.kind is Kind.DATE_OF_BIRTH:
            return item.value in self._dates
        value = _Text(item.value).plain
        if item.kind is Kind.ADDRESS:
            return self._streets.has(value)
        if item.kind is Kind.PHONE and len(value) > _PHONE_DIGITS + 1:
            return self._text.has(value[-_PHONE_DIGITS:], any_before=True)
        if item.kind is Kind.EMAIL and self._spelt.has(value):
            return True
        return self._text.has(value)

    def _holds_name(self, parts: list[_Text]) -> bool:
        """Whether all parts are words of it, or run together as in ``annlopez@example.org``.

        An initial need only begin a word, and beside a name in full says nothing new.
        """
        plain = [part.plain for part in parts]
        if len(plain) > 1 and any(
            "".join(order) in self._text.plain for order in (plain, plain[::-1])
        ):
            return True
        names = [part for part in parts if len(part.plain) > 1]
        initials = [name for name in plain if len(name) == 1] if len(names) < 2 else []
        return all(map(self._has_name, names)) and all(
            any(word.startswith(initial) for word in self._text.words) for initial in initials
        )

    def _has_name(self, name: _Text) -> bool:
        """Whether it has the words of a name, a genitive's ending aside."""
        if not name.plain.isascii():  # scripts without spaces have no words to compare
            return name.plain in self._text.plain
        return all(
            word in self._text.words or word.removesuffix("s") in self._text.words
            for word in name.words
        )

    @cached_property
    def _dates(self) -> frozenset[str]:
        return frozenset(date_form(match[0]) for match in DATE.finditer(self._original))

    @cached_property
    def _streets(self) -> _Text:
        return _Text(street_form(self._original))

    @cached_property
    def _spelt(self) -> _Text:
        return _Text(_SPELT_SIGNS.sub("", self._original.casefold()))
