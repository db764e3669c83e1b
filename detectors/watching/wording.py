"""Numbers and durations in words."""

from math import ceil, floor, log10

from schemas.segments import Segment, segment_label
from schemas.units import unit_words

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_TINY = 1e-7
"""Smaller numbers have an exponent: nobody counts so many zeros."""


def number(value: float, digits: int = 3) -> str:
    """Significant digits, whole numbers in full, without an exponent where that is readable.

    >>> number(21.04), number(0.1052), number(1234567.0), number(3.0), number(0.0)
    ('21', '0.105', '1234567', '3', '0')
    >>> number(999.7), number(0.0000142), number(1.5e-9)
    ('1000', '0.0000142', '1.5e-09')
    """
    text = f"{value:.{digits}g}"
    if "e" not in text or abs(value) < _TINY:
        return text
    if abs(value) >= 1:
        return f"{value:.0f}"
    return f"{value:.{digits - 1 - floor(log10(abs(value)))}f}".rstrip("0")


def percent(share: float) -> str:
    """A share as a percentage; one that is not whole never looks so.

    >>> percent(0.105), percent(0.99999), percent(0.0), percent(0.999999996), percent(23.4)
    ('10.5 %', '99.999 %', '0 %', '99.9999996 %', '2340 %')
    """
    value = share * 100
    if 99 < value < 100:
        text = f"{value:.{ceil(-log10(100 - value)) + 1}f}".rstrip("0")
        return f"{text} %"
    return f"{number(value)} %"


def points(difference: float) -> str:
    """A difference of two shares, in percentage points: a percentage may be taken for relative.

    >>> points(0.045), points(-0.01)
    ('4.5 points', '-1 point')
    """
    text = number(difference * 100)
    return f"{text} point{'' if text in ('1', '-1') else 's'}"


def duration(seconds: float) -> str:
    """A duration in its two largest units.

    >>> duration(300), duration(5400), duration(3 * 86400), duration(0.4)
    ('5 min', '1 h 30 min', '3 d', '0 s')
    """
    rest, words = int(seconds), list[str]()
    for length, unit in _UNITS:
        if rest >= length and len(words) < 2:
            words.append(f"{rest // length} {unit}")
            rest %= length
    return " ".join(words) or "0 s"


def quantity(value: float, unit: str) -> str:
    """A value with its UCUM unit.

    >>> quantity(2.5, "s"), quantity(1200, "{token}"), quantity(0.3, "1"), quantity(2, "{USD}")
    ('2.5 s', '1200 tokens', '0.3', '2 USD')
    """
    return f"{number(value)} {unit_words(unit, one=value == 1)}".rstrip()


def whose(segment: Segment) -> str:
    """The segment at the beginning of a sentence.

    >>> whose({"service_name": "shop"}), whose({"service_name": "shop", "request_model": "m1"})
    ('shop', 'shop (request_model=m1)')
    """
    service = segment.get("service_name")
    rest = {name: value for name, value in segment.items() if name != "service_name"}
    if service is None:
        return segment_label(segment)
    return f"{service} ({segment_label(rest)})" if rest else service
