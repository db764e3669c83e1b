"""Numbers with their units as people read them: in alerts, messages and on the page."""

from math import ceil, log10
from typing import Final

SHARE: Final = "{share}"
"""The unit of a share of 0 to 1, which people read in percent; UCUM's ``%`` is of 0 to 100."""

POINT: Final = "{point}"
"""The unit of a difference of two shares, of -100 to 100: percentage points."""

_UCUM: Final = {"[USD]": "USD", "By": "B", "{event}/s": "events/s"}


def plain(number: float) -> str:
    """Three significant digits, thousands parted; whole numbers in full.

    >>> plain(0.12345), plain(12.345), plain(1234.5), plain(42.0), plain(1.5e-7), plain(0.0)
    ('0.123', '12.3', '1,234', '42', '1.5e-07', '0')
    >>> plain(0.0000142), plain(999.7)
    ('0.0000142', '1,000')
    """
    if abs(number) >= 999.5 or (number == round(number) and abs(number) < 1e15):
        return f"{number:,.0f}"
    text = f"{number:.3g}"
    if "e" in text and abs(number) >= 1e-6:
        return f"{number:.8f}".rstrip("0")
    return text


def percent(share: float) -> str:
    """A share as a percentage; one that is not whole never looks so.

    >>> percent(0.105), percent(0.99954), percent(0.0), percent(0.999999996), percent(299.004)
    ('10.5 %', '99.954 %', '0 %', '99.9999996 %', '29,900 %')
    """
    value = 100 * share
    if 99 < value < 100:
        return f"{value:.{ceil(-log10(100 - value)) + 1}f}".rstrip("0") + " %"
    return f"{plain(value)} %"


def points(difference: float) -> str:
    """A difference of two shares, in percentage points: a percentage may be taken for relative.

    >>> points(0.045), points(-0.01)
    ('4.5 points', '-1 point')
    """
    return quantity(100 * difference, POINT)


def unit_words(unit: str, *, one: bool = False) -> str:
    """A UCUM unit as people write it: ``{token}`` is an annotation, counted in words.

    >>> unit_words("{token}"), unit_words("{retry}", one=True), unit_words("{retry}")
    ('tokens', 'retry', 'retries')
    >>> unit_words("{token}/s"), unit_words("{USD}"), unit_words("[USD]"), unit_words("1")
    ('tokens/s', 'USD', 'USD', '')
    """
    if unit == "1":
        return ""
    if unit in _UCUM or not unit.startswith("{"):
        return _UCUM.get(unit, unit)
    name, _, per = unit[1:].partition("}")
    if one or name.endswith("s") or name.isupper():
        return name + per
    return (f"{name[:-1]}ies" if name.endswith("ry") else f"{name}s") + per


def quantity(value: float, unit: str) -> str:
    """A value with its UCUM unit.

    >>> quantity(2.5, "s"), quantity(123456.0, "{token}"), quantity(0.3, "1")
    ('2.5 s', '123,456 tokens', '0.3')
    >>> quantity(0.3, SHARE), quantity(30, "%")
    ('30 %', '30 %')
    """
    if unit == SHARE:
        return percent(value)
    number = plain(value)
    return f"{number} {unit_words(unit, one=number in ('1', '-1'))}".rstrip()
