"""Numbers with units: ``800ms`` of a signal in seconds is 0.8, ``5%`` of a share 0.05."""

import math
import re
from decimal import Decimal
from typing import Final

_SECONDS_OF_SUFFIX: Final = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
_SECONDS_OF_UNIT: Final = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}

NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3}(?![0-9A-Za-z]))?"
_QUANTITY = re.compile(rf"({NUMBER})([A-Za-z%]*)")


def parse_quantity(text: str, unit: str) -> float:
    """The number in ``unit`` (UCUM, as signals declare it).

    ``ms``, ``s``, ``m``, ``h`` and ``d`` convert to a unit of time, ``%`` to a share (unit ``1``),
    ``k`` multiplies by a thousand. Raises ``ValueError`` for anything else.

    >>> parse_quantity("800ms", "s"), parse_quantity("2%", "1"), parse_quantity("3k", "{token}")
    (0.8, 0.02, 3000.0)
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a number")
    try:
        number = float(_converted(Decimal(match[1]), match[2], unit, text))
    except ArithmeticError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is too large a number")
    return number


def _converted(number: Decimal, suffix: str, unit: str, text: str) -> Decimal:
    if not suffix:
        return number
    if unit in _SECONDS_OF_UNIT:
        if suffix in _SECONDS_OF_SUFFIX:
            return number * _SECONDS_OF_SUFFIX[suffix] / _SECONDS_OF_UNIT[unit]
        raise ValueError(f"{text!r} is not a time: use {', '.join(_SECONDS_OF_SUFFIX)}")
    if suffix == "k":
        return number * 1000
    if suffix == "%" and unit == "1":
        return number / 100
    if suffix == "%" and unit == "%":
        return number
    known = "a plain number, k" + (" or %" if unit in {"1", "%"} else "")
    raise ValueError(f"{text!r} does not fit the unit {unit!r}: use {known}")
