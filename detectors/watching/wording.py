"""Numbers and durations in words."""

from schemas.segments import Segment, segment_label

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_UCUM = {"s": "s", "ms": "ms", "USD": "USD", "[USD]": "USD", "%": "%", "By": "B"}


def number(value: float) -> str:
    """Three significant digits, without an exponent where that is readable.

    >>> number(21.04), number(0.1052), number(1234567.0), number(3.0), number(0.0)
    ('21', '0.105', '1234567', '3', '0')
    """
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.105), percent(0.99999), percent(0.0)
    ('10.5 %', '99.999 %', '0 %')
    """
    value = share * 100
    digits = 6 if 99 < value < 100 else 3
    return f"{value:.{digits}g} %"


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

    >>> quantity(2.5, "s"), quantity(1200, "{token}"), quantity(0.3, "1")
    ('2.5 s', '1200 tokens', '0.3')
    """
    if unit in ("", "1"):
        return number(value)
    if unit.startswith("{") and unit.endswith("}"):
        return f"{number(value)} {unit[1:-1]}{'' if value == 1 else 's'}"
    return f"{number(value)} {_UCUM.get(unit, unit)}"


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
