"""Digits of a number: together, or as thousands behind an apostrophe or a blank."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline

_TEN: Final = np.uint64(10)
_SPACE: Final = 32
_APOSTROPHE: Final = 39
_ZERO: Final = 48
_MOST_GROUPS: Final = 4


@compiled_inline
def is_digit(octet: int) -> bool:
    """Whether a byte is a digit."""
    return 48 <= octet <= 57


@compiled_inline
def digits_at(
    data: NDArray[np.uint8], start: int, end: int, value: np.uint64
) -> tuple[np.uint64, int]:
    """The number whose digits begin here, appended to a value, and where they end."""
    at = start
    while at < end and is_digit(data[at]):
        value = value * _TEN + np.uint64(data[at] - 48)
        at += 1
    return value, at


@compiled_inline
def apostrophe_group(data: NDArray[np.uint8], at: int, end: int) -> int:
    """Where three digits begin behind an apostrophe, as in 1'200; -1 for none."""
    start = at + 1 if data[at] == _APOSTROPHE else at + 3
    if start == at + 3 and not (data[at] == 0xE2 and data[at + 1] == 0x80 and data[at + 2] == 0x99):
        return -1
    if start + 3 > end or (start + 3 < end and is_digit(data[start + 3])):
        return -1
    return start if _three_digits(data, start) else -1


@compiled_inline
def _three_digits(data: NDArray[np.uint8], at: int) -> bool:
    return is_digit(data[at]) and is_digit(data[at + 1]) and is_digit(data[at + 2])


@compiled_inline
def _blank_end(data: NDArray[np.uint8], at: int) -> int:
    """Where the single blank ends that begins here, be it narrow or no place to break; -1: none."""
    if data[at] == _SPACE:
        return at + 1
    if data[at] == 0xC2 and data[at + 1] == 0xA0:
        return at + 2
    if data[at] == 0xE2 and data[at + 1] == 0x80 and (data[at + 2] == 0xAF or data[at + 2] == 0x89):
        return at + 3
    return -1


@compiled_inline
def groups_at(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    begin: int,
    word: int,
    stop: int,
) -> tuple[int, np.uint64]:
    """The last word and the number, where thousands stand apart from a word of digits: 1 200.

    The word itself and 0 where no groups of three digits follow.
    """
    end = ends[word]
    if end - begin > 3 or data[begin] == _ZERO:
        return word, np.uint64(0)
    value = np.uint64(0)
    last = word
    while last + 1 < stop and last - word < _MOST_GROUPS:
        group = _blank_end(data, ends[last])
        if group < 0 or starts[last + 1] != group or ends[last + 1] != group + 3:
            break
        if not _three_digits(data, group):
            break
        if last == word:
            value, _ = digits_at(data, begin, end, value)
        last += 1
        value, _ = digits_at(data, group, group + 3, value)
    return last, value
