"""Durations as text: OpenSLO's shorthand (``5m``, ``4w``, ``1M``), and seconds beside it.

OpenSLO leaves open how long a month is; here it is 30 days, a quarter 90 and a year 365.
"""

import re
from collections.abc import Mapping
from typing import Final

OPENSLO_UNITS: Final[Mapping[str, int]] = {
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 7 * 86400,
    "M": 30 * 86400,
    "Q": 90 * 86400,
    "Y": 365 * 86400,
}
"""Seconds of each postfix of the OpenSLO duration shorthand."""

TIDEWATCH_UNITS: Final[Mapping[str, int]] = {"s": 1, **OPENSLO_UNITS}
"""Seconds of each postfix in Tidewatch's own kinds."""

LONGEST_WINDOW_SECONDS: Final = 31 * 86400
"""Windows beyond this are refused: so far back are pane summaries kept for alerting."""

_SHORTHAND = re.compile(r"0*([0-9]{1,18})([A-Za-z]+)")


def parse_duration(text: str, *, units: Mapping[str, int] = OPENSLO_UNITS) -> int:
    """The duration in seconds.

    Raises ``ValueError`` when ``text`` is not a whole number directly followed by one of ``units``.

    >>> parse_duration("4w")
    2419200
    >>> parse_duration("30s", units=TIDEWATCH_UNITS)
    30
    """
    match = _SHORTHAND.fullmatch(text)
    if match is None or match[2] not in units:
        raise ValueError(
            f"{text!r} is not a duration: a whole number followed by one of {', '.join(units)}, "
            "as in 5m"
        )
    return int(match[1]) * units[match[2]]


def parse_window(text: str, *, shortest: int = 0, units: Mapping[str, int] = OPENSLO_UNITS) -> int:
    """The duration in seconds, at least ``shortest`` and at most 31 days.

    Raises ``ValueError`` otherwise.

    >>> parse_window("1Q")
    Traceback (most recent call last):
    ValueError: 1Q is longer than 31d, the longest window that is evaluated
    """
    seconds = parse_duration(text, units=units)
    if seconds < shortest:
        raise ValueError(f"{text} is shorter than {format_duration(shortest)}")
    if seconds > LONGEST_WINDOW_SECONDS:
        longest = format_duration(LONGEST_WINDOW_SECONDS)
        raise ValueError(f"{text} is longer than {longest}, the longest window that is evaluated")
    return seconds


def format_duration(seconds: int) -> str:
    """The shortest text of a duration.

    >>> format_duration(5400), format_duration(86400), format_duration(90)
    ('90m', '1d', '90s')
    """
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % OPENSLO_UNITS[unit] == 0:
            return f"{seconds // OPENSLO_UNITS[unit]}{unit}"
    return f"{seconds}s"
