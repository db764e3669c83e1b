"""Compiled readers of what may be personal data: numbers, e-mail addresses, hardware addresses."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place

LOCAL_BYTES: Final = 64
DOMAIN_BYTES: Final = 253
_LEAST_BEFORE: Final = 8
_TOWN_BYTES: Final = 40
_STREET_BYTES: Final = 70
_WHOLE_DIGITS: Final = 6
_PLACES: Final = 11


@compiled_in_place
def digit_bytes(data: NDArray[np.uint8], i: int, end: int) -> int:
    """Bytes of the digit at ``i``, ASCII or other; 0 where there is none."""
    c = data[i]
    if 0x30 <= c <= 0x39:
        return 1
    if c == 0xEF and i + 2 < end and data[i + 1] == 0xBC and 0x90 <= data[i + 2] <= 0x99:
        return 3
    if c == 0xD9 and i + 1 < end and 0xA0 <= data[i + 1] <= 0xA9:
        return 2
    if c == 0xDB and i + 1 < end and 0xB0 <= data[i + 1] <= 0xB9:
        return 2
    if c == 0xE0 and i + 2 < end and data[i + 1] == 0xA5 and 0xA6 <= data[i + 2] <= 0xAF:
        return 3
    return 0


@compiled_in_place
def _separator_bytes(data: NDArray[np.uint8], i: int, end: int) -> int:
    """Bytes of the sign at ``i`` that may stand between digits of one number; 0 where none."""
    c = data[i]
    if c == 0x20 or c == 0x2D or c == 0x2E or c == 0x28 or c == 0x29 or c == 0x2F:
        return 1
    if c == 0xC2 and i + 1 < end and data[i + 1] == 0xA0:
        return 2
    if (
        c == 0xE2
        and i + 2 < end
        and data[i + 1] == 0x80
        and (data[i + 2] <= 0x95 or data[i + 2] == 0xAF)
    ):
        return 3
    return 0


@compiled_in_place
def number_run(data: NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """Where the run of digits that starts at ``i`` ends, and how many digits it has."""
    digits, last = 0, i
    while i < end:
        width = digit_bytes(data, i, end)
        if width:
            digits += 1
            i += width
            last = i
            continue
        between = 0
        while i < end and between < 4:
            width = _separator_bytes(data, i, end)
            if not width:
                break
            between += 1
            i += width
        if between == 0 or between > 3 or i >= end or not digit_bytes(data, i, end):
            break
    return last, digits


@compiled_in_place
def is_decimal(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a run of digits is a decimal with so many places that nobody dials or issues it.

    As floating point numbers are printed, ``0.38166557505640564``; of telephone numbers some are
    written ``+1.2025550123``.
    """
    point = start
    while point < end and data[point] != 0x2E:
        point += 1
    if point - start > _WHOLE_DIGITS or end - point <= _PLACES or data[start - 1] == 0x2B:
        return False
    if data[start] == 0x30 and point - start > 1:
        return False
    for i in range(start, end):
        if i != point and not 0x30 <= data[i] <= 0x39:
            return False
    return True


@compiled_in_place
def _is_local(c: int) -> bool:
    return (
        0x61 <= c <= 0x7A
        or 0x30 <= c <= 0x39
        or 0x41 <= c <= 0x5A
        or c >= 0x80
        or c == 0x2E
        or c == 0x5F
        or c == 0x2D
        or c == 0x2B
        or c == 0x25
        or c == 0x27
    )


@compiled_in_place
def email_address(data: NDArray[np.uint8], at: int, begin: int, end: int) -> tuple[int, int]:
    """The e-mail address around the ``@``; an empty span where there is none."""
    start = at
    while start > begin and at - start < LOCAL_BYTES and _is_local(data[start - 1]):
        start -= 1
    while start < at and (data[start] & 0xC0 == 0x80 or data[start] in (0x2E, 0x27, 0x2D, 0x25)):
        start += 1
    if start == at:
        start = at - int(at > begin and _is_local(data[at - 1]))
    if start == at:
        return at, at
    stop, label, dots, good, letters = at + 1, at + 1, 0, 0, True
    i = at + 1
    limit = min(end, at + 1 + DOMAIN_BYTES)
    while i <= limit:
        c = data[i] if i < limit else 0x20
        if 0x61 <= c <= 0x7A or 0x41 <= c <= 0x5A or c >= 0x80:
            i += 1
            continue
        if 0x30 <= c <= 0x39 or c == 0x2D:
            letters = False
            i += 1
            continue
        if i == label:
            break
        stop = i
        while data[stop - 1] == 0x2D:
            stop -= 1
        # A domain ends with a label of letters, or an encoded one that has a hyphen in it.
        encoded = i - label > 4 and data[label] | 0x20 == 0x78 and data[label + 1] | 0x20 == 0x6E
        if dots and stop - label >= 2 and (letters or encoded):
            good = stop
        if c != 0x2E:
            break
        dots += 1
        label, letters = i + 1, True
        i += 1
    if not good:
        return at, at
    return start, good


@compiled_in_place
def authority(data: NDArray[np.uint8], i: int, end: int) -> tuple[int, bool]:
    """Where a URL's name, password and host end, and whether there are a name and a password."""
    colon, named, stop = False, False, min(end, i + 200)
    while i < stop:
        c = data[i]
        if c <= 0x20 or c == 0x2F or c == 0x22 or c == 0x27 or c == 0x3C or c == 0x3E:
            break
        colon = colon or c == 0x3A
        named = named or (colon and c == 0x40)
        i += 1
    return i, named


@compiled_in_place
def is_hex(c: int) -> bool:
    """Whether a byte is a hexadecimal digit."""
    return 0x30 <= c <= 0x39 or 0x41 <= c <= 0x46 or 0x61 <= c <= 0x66


@compiled_in_place
def is_alphanumeric(c: int) -> bool:
    """Whether a byte is an ASCII letter or digit."""
    return 0x30 <= c <= 0x39 or 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A


@compiled_in_place
def is_mac(data: NDArray[np.uint8], start: int, begin: int, end: int) -> bool:
    """Whether six pairs of hexadecimal digits with hyphens start there."""
    if start < begin or start + 17 > end:
        return False
    for pair in range(6):
        here = start + 3 * pair
        if not (is_hex(data[here]) and is_hex(data[here + 1])):
            return False
        if pair < 5 and data[here + 2] != 0x2D:
            return False
    return True


@compiled_in_place
def is_armour(data: NDArray[np.uint8], i: int, end: int) -> bool:
    """Whether ``-----BEGIN`` stands at ``i``."""
    if i + 10 > end:
        return False
    for k in range(1, 5):
        if data[i + k] != 0x2D:
            return False
    return bool(data[i + 5] == 0x42 and data[i + 6] == 0x45 and data[i + 7] == 0x47)


@compiled_in_place
def is_random(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a token may be random: it has a digit, or letters of both cases."""
    small, large = False, False
    for i in range(start, end):
        c = data[i]
        if 0x30 <= c <= 0x39:
            return True
        small = small or 0x61 <= c <= 0x7A
        large = large or 0x41 <= c <= 0x5A
    return small and large


@compiled_in_place
def is_code(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a run of letters and digits is as long as an id, an IBAN or a wallet's address."""
    length = end - start
    if length <= 18:
        return length >= 8
    if length > 64:
        return False
    c, second = data[start], data[start + 1]
    account = 0x61 <= c | 0x20 <= 0x7A and 0x61 <= second | 0x20 <= 0x7A
    account = account and 0x30 <= data[start + 2] <= 0x39 and 0x30 <= data[start + 3] <= 0x39
    ethereum = c == 0x30 and second | 0x20 == 0x78 and length == 42
    bitcoin = (c == 0x31 or c == 0x33) and length <= 36
    return account or ethereum or bitcoin or (c | 0x20 == 0x62 and second | 0x20 == 0x63)


@compiled_in_place
def is_joint(c: int) -> bool:
    """Whether a byte may join the parts of a token."""
    return bool(
        c == 0x5F or c == 0x2D or c == 0x2E or c == 0x2B or c == 0x2F or c == 0x3D or c == 0x7E
    )


@compiled_in_place
def read_token(data: NDArray[np.uint8], i: int, end: int) -> int:
    """Where the run of characters that tokens are made of ends."""
    while i < end and (is_alphanumeric(data[i]) or is_joint(data[i])):
        i += 1
    return i


@compiled_in_place
def _are_digits(data: NDArray[np.uint8], start: int, end: int, many: int) -> bool:
    """Whether so many digits are between two places, and nothing else."""
    for i in range(start, end):
        if not 0x30 <= data[i] <= 0x39:
            return False
    return end - start == many


@compiled_in_place
def is_postal(data: NDArray[np.uint8], i: int, j: int, begin: int, end: int, digits: int) -> bool:
    """Whether the run of letters and digits may be the postal code of an address.

    A comma or a line's end stands before it, at most a town's name between; before that a number
    and a capital.
    """
    size = j - i
    if i - begin < _LEAST_BEFORE or data[i - 1] not in (0x20, 0x0A, 0x2D):
        return False
    if digits == size:
        # Three and two digits, two or four and three, or four to six and eight.
        hyphened = data[j] == 0x2D and _are_digits(data, j + 1, min(j + 4, end), 3)
        parted = size == 3 and data[j] == 0x20 and _are_digits(data, j + 1, min(j + 3, end), 2)
        if not (parted or (size == 2 and hyphened) or 4 <= size <= 6 or size == 8):
            return False
        if size == 4 and data[j] == 0x2D and not hyphened:
            return False
    elif not (
        (size == 3 and 0x30 <= data[i] <= 0x39)  # the second half of a British or Canadian one
        or (size == 6 and data[j - 1] < 0x60 and (data[i] > 0x39 or data[j - 2] > 0x39))
        or (size == 5 and data[j - 1] < 0x60 and data[i] > 0x39 and data[j - 2] > 0x39)
    ):  # a Canadian, Dutch or British one
        return False
    # The break, before it a number and a capital.
    at = i - 1
    stop = max(begin, i - _TOWN_BYTES)
    while at > stop and data[at] != 0x2C and data[at] != 0x0A:
        at -= 1
    if at <= stop or (data[at] == 0x2C and data[at + 1] > 0x20):
        return False
    # A town begins with a capital, and no sentence goes on behind a short code.
    town = at + 1
    while data[town] <= 0x20:
        town += 1
    if 0x61 <= data[town] <= 0x7A or data[town] in (0x28, 0x22, 0x24):
        return False
    if size == 4 and j + 1 < end and data[j] == 0x20 and 0x61 <= data[j + 1] <= 0x7A:
        return False
    stop = max(begin, at - _STREET_BYTES)
    number, capital = False, False
    while at > stop and not (number and capital):
        at -= 1
        c = data[at]
        number = number or 0x30 <= c <= 0x39
        capital = capital or 0x41 <= c <= 0x5A or c == 0xC3 or c == 0xC4 or c == 0xC5
    return number and capital
