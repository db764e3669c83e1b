"""Dates as people write them, and one form for all the ways to write the same day."""

import re
from typing import Final

_MONTHS: Final = (
    ("jan", "january", "januar", "janvier", "enero", "gennaio", "janeiro"),
    ("feb", "february", "februar", "février", "febrero", "febbraio", "fevereiro"),
    ("mar", "march", "märz", "mars", "marzo", "março"),
    ("apr", "april", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "maggio", "maio"),
    ("june", "jun", "juni", "juin", "junio", "giugno", "junho"),
    ("july", "jul", "juli", "juillet", "julio", "luglio", "julho"),
    ("aug", "august", "août", "agosto"),
    ("sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro"),
    ("oct", "october", "okt", "oktober", "octobre", "octubre", "ottobre", "outubro"),
    ("nov", "november", "novembre", "noviembre", "novembro"),
    ("dec", "december", "dez", "dezember", "décembre", "diciembre", "dicembre", "dezembro"),
)
_NUMBER_OF: Final = {name: number for number, of in enumerate(_MONTHS, 1) for name in of}
# The longest first: a name may begin with a shorter one.
_MONTH: Final = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
DATE: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])"
    r"|(?:[12]\d|3[01]|0?[1-9])[-./ ](?:[12]\d|3[01]|0?[1-9])[-./ ](?:(?:19|20)\d\d|\d\d)"
    rf"|(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|\.)?\s(?:of\s|de\s|d')?(?:{_MONTH})\.?,?(?:\sde)?\s(?:19|20)\d\d"
    rf"|(?:[12]\d|3[01]|0?[1-9])[-/.](?:{_MONTH})[-/.](?:(?:19|20)\d\d|\d\d)"
    rf"|(?:19|20)\d\d[-/. ](?:{_MONTH})[-/. ](?:[12]\d|3[01]|0?[1-9])"
    r"|(?:19|20)\d\d年\s?\d{1,2}月\s?\d{1,2}日"
    rf"|(?:{_MONTH})\.?\s(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    r")(?!\d)",
    re.IGNORECASE,
)
"""A day with its year."""
_DIGITS: Final = re.compile(r"\d+")
_NAME: Final = re.compile(_MONTH, re.IGNORECASE)
_YEAR_DIGITS: Final = 4


def date_form(date: str) -> str:
    """The same for all that may be the same day, of a match of :data:`DATE`.

    Nobody knows whether 3/12/1985 is in March or in December, nor the century of 3/12/85.

    Examples
    --------
    >>> [date_form(date) for date in ("1985-03-12", "12 March 1985", "12.3.85", "Mar 12th, 1985")]
    ['85-3-12', '85-3-12', '85-3-12', '85-3-12']
    """
    numbers = _DIGITS.findall(date)
    years = [number for number in numbers if len(number) == _YEAR_DIGITS] or numbers[-1:]
    numbers.remove(years[0])
    name = _NAME.search(date)
    rest = [int(number) for number in numbers] + ([_NUMBER_OF[name[0].lower()]] if name else [])
    return "-".join([years[0][-2:], *map(str, sorted(rest))])
