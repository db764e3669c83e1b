"""Numbers, times and lengths of time as people read them."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from schemas.quantity_words import plain
from schemas.quantity_words import quantity as with_unit

UNKNOWN = "–"
_LENGTHS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def quantity(value: Any, unit: str = "1") -> str:
    """A value with its UCUM unit, three significant digits.

    >>> quantity(0.0314, "{share}"), quantity(0.25, "s"), quantity(93.4, "s"), quantity(1234567)
    ('3.14 %', '250 ms', '1 min 33 s', '1,234,567')
    >>> quantity(812, "{token}"), quantity(0.00042, "{USD}"), quantity(0, "{retry}"), quantity(None)
    ('812 tokens', '0.00042 USD', '0 retries', '–')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = float(value)
    if not isfinite(number):
        return UNKNOWN
    match unit:
        case "s":
            text = seconds(number)
        case "By":
            text = size(number)
        case _:
            text = with_unit(number, unit)
    return text


def size(number: float) -> str:
    """Bytes in the largest unit they fill, of a thousand each.

    >>> size(512), size(33_730_344), size(1.5e12)
    ('512 B', '33.7 MB', '1.5 TB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if abs(number) < 1000:
            return f"{plain(number)} {unit}"
        number /= 1000
    return f"{plain(number)} TB"


def seconds(number: float) -> str:
    """A length of time: milliseconds below a second, two units above a minute.

    >>> seconds(0.0123), seconds(1.5), seconds(5400), seconds(-90000)
    ('12.3 ms', '1.5 s', '1 h 30 min', '-1 d 1 h')
    """
    if number < 0:
        return f"-{seconds(-number)}"
    if number == 0:
        return "0 s"
    if number < 1:
        return f"{plain(number * 1000)} ms"
    if number < 60:
        return f"{number:.3g} s"
    rest, parts = round(number), list[str]()
    for length, name in _LENGTHS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2])


def interval(low: Any, high: Any, unit: str = "1") -> str:
    """A 95 % interval, the unit once where both ends share it; empty when unknown.

    >>> interval(0.01, 0.034, "{share}"), interval(0.2, 1.3, "s"), interval(-4, 3, "{token}/s")
    ('1–3.4 %', '200 ms–1.3 s', '-4 to 3 tokens/s')
    >>> interval(None, 1), interval(-2, 1)
    ('', '-2 to 1')
    """
    if low is None or high is None:
        return ""
    begin, end = quantity(low, unit), quantity(high, unit)
    number, _, suffix = begin.rpartition(" ")
    if number and " " not in number and suffix == end.rpartition(" ")[2]:
        begin = number
    return f"{begin} to {end}" if "-" in (begin[0], end[0]) else f"{begin}–{end}"


def moment(time: datetime | None) -> str:
    """A moment in UTC, to the second.

    >>> moment(datetime(2026, 3, 1, 7, 5, tzinfo=UTC))
    '2026-03-01 07:05:00'
    """
    return UNKNOWN if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def ago(time: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit.

    >>> from datetime import timedelta
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> ago(noon - timedelta(minutes=95), noon), ago(noon, noon)
    ('1 h ago', 'now')
    """
    if time is None:
        return UNKNOWN
    past = (now - time).total_seconds()
    if past < 1:
        return "now"
    return next(f"{past // size:.0f} {name} ago" for size, name in _LENGTHS if past >= size)
