"""Numbers of a text: one key however they are written, and the other forms they may be given in.

A sum of $3,187,450 is "3.2 million dollars", "over 3.1 million" or "3187450" in an answer, 15 March
is "2024-03-15", and nine o'clock "9:00": none of them is a new number.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.digits import apostrophe_group, digits_at, is_digit
from detectors.grounding.lexicon import MONTH, number_key

ROUNDINGS: Final = 6
"""How many :func:`roundings` fills."""

_NONE: Final = np.uint32(0)
_TEN: Final = np.uint64(10)
_TWO: Final = np.uint64(2)
_FIRST_YEAR: Final = np.uint64(1000)
_LAST_YEAR: Final = np.uint64(2199)
_ROUGH: Final = np.uint32(0x5BD1E995)
_POINT: Final = 46
_COMMA: Final = 44
_COLON: Final = 58
_SPACE: Final = 32
_HYPHEN: Final = 45
_STROKE: Final = 47


@compiled_inline
def is_letter(octet: int) -> bool:
    """Whether a byte is a letter, or a part of a character outside ASCII."""
    return 97 <= octet | 32 <= 122 or octet >= 0x80


@compiled_inline
def _grouped(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether digits behind a comma go on with a number: 1,500 or, as in India, 8,00,000."""
    if end == start + 2:
        return data[end] == _COMMA and is_digit(data[end + 1])
    return end == start + 3


@compiled_inline
def decimal_at(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    begin: int,
    word: int,
    stop: int,
) -> tuple[np.uint64, int, int, int]:
    """The number that begins at a byte of this word, and how far it reaches.

    Digits with commas or points between them are one number; with several points it is a version or
    an address, and stands for nothing but itself.

    Returns
    -------
    digits, exponent
        The number is the digits times this power of ten.
    last, at
        Its last word, and where in that its digits end.
    """
    end = ends[word]
    value, at = digits_at(data, begin, end, np.uint64(0))
    group = apostrophe_group(data, at, end)
    while group > 0:
        value, at = digits_at(data, group, end, value)
        group = apostrophe_group(data, at, end)
    points = decimals = 0
    while (
        at == end
        and word + 1 < stop
        and starts[word + 1] == end + 1
        and is_digit(data[end + 1])
        and (
            data[end] == _POINT or (data[end] == _COMMA and _grouped(data, end + 1, ends[word + 1]))
        )
    ):
        points += data[end] == _POINT
        if points > 1:
            value = value * np.uint64(16) + np.uint64(11)
        word += 1
        end = ends[word]
        value, at = digits_at(data, starts[word], end, value)
        if points:
            decimals += at - starts[word]
    return value, -decimals if points == 1 else 0, word, at


@compiled_inline
def clock_at(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hour: np.uint64,
    word: int,
    at: int,
    stop: int,
) -> tuple[int, int, int]:
    """Minutes since noon or midnight of ``9:30``, ``9 am`` or ``9 p.m.``, last word, and its end.

    -1 for what is no time of day. ``word`` is the one that the hour ends in, at ``at``.
    """
    if hour > np.uint64(24):
        return -1, word, at
    minutes = -1
    if (
        data[at] == _COLON
        and word + 1 < stop
        and starts[word + 1] == at + 1
        and is_digit(data[at + 1])
        and is_digit(data[at + 2])
        and not is_digit(data[at + 3])
    ):
        minutes = 10 * (int(data[at + 1]) - 48) + int(data[at + 2]) - 48
        word, at = word + 1, at + 3
    behind = at + 1 if data[at] == _SPACE else at
    half = data[behind] | 32
    middle = behind + 2 if data[behind + 1] == _POINT else behind + 1
    named = (
        (half == ord("a") or half == ord("p"))
        and data[middle] | 32 == ord("m")
        and not is_letter(data[middle + 1])
    )
    if minutes < 0 and not named:
        return -1, word, at
    return int(hour % np.uint64(12)) * 60 + max(minutes, 0), word, at


@compiled_inline
def power_of(data: NDArray[np.uint8], start: int, end: int) -> int:
    """The power of ten that a word behind a number multiplies it by, 0 for other words.

    ``k``, ``m``, ``bn``, thousand, lakh, million, crore, billion, trillion.
    """
    first = data[start] | 32
    length = end - start
    if length == 1:
        return 3 if first == ord("k") else 6 if first == ord("m") else 0
    second = data[start + 1] | 32
    if length == 2:
        if second != ord("n"):
            return 0
        return 6 if first == ord("m") else 9 if first == ord("b") else 0
    third = data[start + 2] | 32
    if second == ord("i") and third == ord("l") and (length == 7 or length == 8):
        return 6 if first == ord("m") else 9 if first == ord("b") else 0
    if first == ord("t") and second == ord("h") and third == ord("o") and length == 8:
        return 3
    if first == ord("t") and second == ord("r") and third == ord("i") and length == 8:
        return 12
    if first == ord("l") and second == ord("a") and third == ord("k") and length <= 5:
        return 5
    if first == ord("c") and second == ord("r") and third == ord("o") and length <= 6:
        return 7
    return 0


@compiled_inline
def month_form(data: NDArray[np.uint8], start: int, end: int, digits: np.uint64) -> np.uint32:
    """The key of the month that digits may be in a date as 2024-03-15 or 3/15/24; 0 for none."""
    before, after = data[start - 1], data[end]
    joined = ((before == _HYPHEN or before == _STROKE) and is_digit(data[start - 2])) or (
        (after == _HYPHEN or after == _STROKE) and is_digit(data[end + 1])
    )
    if not joined or digits == np.uint64(0) or digits > np.uint64(12):
        return _NONE
    return number_key(digits, MONTH)


@compiled_in_place
def rough_key(digits: np.uint64, exponent: int) -> np.uint32:
    """The key of a number that its text calls a rough one."""
    return number_key(digits, exponent) ^ _ROUGH


@compiled_in_place
def roundings(digits: np.uint64, exponent: int, found: NDArray[np.uint32]) -> int:
    """Fill in the keys of what a number may be rounded to, and how many there are.

    Of three digits or more, unless they may be a year: to two digits or cut off behind them; of four
    and more also to three and one, or cut off behind the first. What its text calls a rough number
    may have one digit in any case.
    """
    if exponent >= MONTH:
        return 0
    while digits and digits % _TEN == np.uint64(0):
        digits //= _TEN
        exponent += 1
    count = 0
    rest = digits
    while rest:
        rest //= _TEN
        count += 1
    if count < 2:
        return 0
    one, ones = _rounded(digits, exponent, count, 1, True)
    found[0] = rough_key(one, ones)
    whole = digits
    for _ in range(min(exponent, 3)):
        whole *= _TEN
    if count < 3 or (exponent >= 0 and _FIRST_YEAR <= whole <= _LAST_YEAR):
        return 1
    for place in range(2):
        value, power = _rounded(digits, exponent, count, 2, place == 0)
        found[1 + place] = number_key(value, power)
    if count == 3:
        return 3
    value, power = _rounded(digits, exponent, count, 3, True)
    found[3] = number_key(value, power)
    found[4] = number_key(one, ones)
    value, power = _rounded(digits, exponent, count, 1, False)
    found[5] = number_key(value, power)
    return ROUNDINGS


@compiled_in_place
def _rounded(
    digits: np.uint64, exponent: int, count: int, kept: int, nearest: bool
) -> tuple[np.uint64, int]:
    """A number of ``count`` digits with the first ``kept`` alone, to the nearest or cut off."""
    power = np.uint64(1)
    for _ in range(count - kept):
        power *= _TEN
    more = power // _TWO if nearest else np.uint64(0)
    return (digits + more) // power, exponent + count - kept


@compiled_in_place
def clock_digits(minutes: int) -> np.uint64:
    """What with the exponent :data:`~detectors.grounding.lexicon.CLOCK` stands for a time of day."""
    return np.uint64(minutes + 1)
