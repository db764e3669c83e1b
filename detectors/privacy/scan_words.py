"""What the compiled scan knows of words: look-ups in the vocabulary, and what stands around them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.privacy.runs import is_alphanumeric
from detectors.privacy.scan_names import follows_initial, has_capital, is_apart, is_named, is_told
from detectors.privacy.vocabulary import (
    ADDRESS_CUE,
    AMBIGUOUS,
    BARE,
    BIRTH,
    DOCUMENT,
    DONE,
    GIVEN,
    LONE,
    MARKER,
    NAME_CUE,
    PROVIDER,
    SECRET_CUE,
    SPELT,
    STREET,
    STREET_LAST,
    TOLD,
)
from detectors.privacy.word_flags import flags_of, found_flags, hash_of

DOCUMENT_DIGITS: Final = 4
"""A document's number has so many digits, or more."""
_AUTHORIZATION: Final = len("authorization")
_WORDS_OF_STREET: Final = 6
"""Before a street's type stand a number, a point of the compass and four words, at most."""
_WORDS_OF_COUNTRY: Final = 6


@compiled_in_place
def _has_digit(data: NDArray[np.uint8], start: int, end: int) -> bool:
    for i in range(start, end):
        if 0x30 <= data[i] <= 0x39:
            return True
    return False


@compiled_in_place
def _value_start(data: NDArray[np.uint8], i: int, end: int) -> int:
    """Where the value begins that is assigned to the name ending at ``i``; -1 where none is.

    What may stand between: the rest of the name, quotation marks and brackets, a sign or "is".
    """
    stop = min(end, i + 25)
    while i < stop and (is_alphanumeric(data[i]) or data[i] == 0x5F or data[i] == 0x2D):
        i += 1
    stop = min(end, i + 7)
    while i < stop and data[i] in (0x20, 0x22, 0x27, 0x60, 0x5D, 0x29, 0x2A):
        i += 1
    if i >= end:
        return -1
    c = data[i]
    if data[i - 1] == 0x20 and i + 2 < end:
        if (c == 0x69 or c == 0x65) and data[i + 1] == 0x73:  # "is", "ist", "es", "est"
            return i + 2
        if c == 0xC3 and (data[i + 1] == 0xA8 or data[i + 1] == 0xA9):  # "è", "é"
            return i + 2
    if c == 0x76 and i + 5 < end and data[i + 1] == 0x61 and data[i + 4] == 0x65:  # "value="
        return i + 5
    if c == 0x3D or c == 0x3A or c == 0x3E:
        return i + 1
    return -1


@compiled_in_place
def _is_value(data: NDArray[np.uint8], i: int, end: int) -> bool:
    """Whether what begins at ``i`` may be a secret: not a mere word, unless between quotes."""
    stop = min(end, i + 10)
    quoted = False
    while i < stop and not is_alphanumeric(data[i]) and data[i] != 0x0A:
        quoted = quoted or data[i] == 0x22 or data[i] == 0x27
        i += 1
    if quoted:
        return True
    stop = min(end, i + 64)
    first = i
    while i < stop and data[i] > 0x20:
        if 0x30 <= data[i] <= 0x39:
            return True
        if not 0x61 <= data[i] | 0x20 <= 0x7A and i + 1 < end and data[i + 1] > 0x20:
            return True
        i += 1
    return i - first >= 20


@compiled_in_place
def _is_option(data: NDArray[np.uint8], start: int, begin: int) -> bool:
    """Whether a word ends the name of a command's option, as in ``--api-token``."""
    i = start
    while i > begin and start - i < 24 and (data[i - 1] == 0x2D or 0x61 <= data[i - 1] <= 0x7A):
        i -= 1
    while i + 1 < start:
        if data[i] == 0x2D and data[i + 1] == 0x2D:
            return True
        i += 1
    return False


@compiled_in_place
def _word_before(data: NDArray[np.uint8], start: int, begin: int) -> int:
    """Where the word begins that ends one space before ``start``; -1 where none does."""
    i = start - 2
    if i <= begin or data[start - 1] != 0x20 or data[i] <= 0x20:
        return -1
    while i > begin and data[i - 1] > 0x20:
        i -= 1
    return i


@compiled_in_place
def _follows_number(data: NDArray[np.uint8], start: int, begin: int) -> bool:
    """Whether a house's number and the words of a street's name end before ``start``."""
    i = start
    for _ in range(_WORDS_OF_STREET):
        last, i = i, _word_before(data, i, begin)
        if i < 0:
            return False
        if _has_digit(data, i, last):
            return True
        if not (0x41 <= data[i] <= 0x5A or data[i] >= 0xC3):
            return False
    return False


@compiled_in_place
def _follows_break(data: NDArray[np.uint8], start: int, begin: int) -> bool:
    """Whether a comma or a line's end stands before ``start``, or a few words before it."""
    i = start
    for _ in range(_WORDS_OF_COUNTRY):
        at = i - 1
        while at >= begin and data[at] in (0x20, 0x09, 0x3E, 0x3F, 0x7C):
            at -= 1
        if at >= begin and (data[at] == 0x2C or data[at] == 0x0A):
            return True
        i = _word_before(data, i, begin)
        if i < 0 or not (0x61 <= data[i] | 0x20 <= 0x7A or data[i] >= 0x80):
            return False
    return False


@compiled_in_place
def _is_street(data: NDArray[np.uint8], start: int, begin: int) -> bool:
    """Whether the word at ``start`` may end a street's name or, with its town, an address."""
    i = _word_before(data, start, begin)
    if i < 0 or not (0x41 <= data[i] <= 0x5A or 0x30 <= data[i] <= 0x39 or data[i] >= 0xC3):
        return False
    if _follows_number(data, start, begin):
        return True
    return _follows_break(data, start, begin) and _has_digit(data, max(start - 48, begin), start)


@compiled_in_place
def _lacks_digits(data: NDArray[np.uint8], start: int, end: int, fewest: int) -> bool:
    """Whether there are surely fewer digits than that: others than ASCII's are not told apart."""
    for i in range(start, end):
        if data[i] >= 0x80:
            return False
        fewest -= 0x30 <= data[i] <= 0x39
        if fewest <= 0:
            return False
    return True


@compiled_in_place
def wanted(
    data: NDArray[np.uint8],
    flag: int,
    start: int,
    end: int,
    begin: int,
    limit: int,
    previous: int,
    does: bool,
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
) -> int:
    """The flags of a word that its surroundings do not rule out."""
    if flag & GIVEN:
        capital = 0x41 <= data[start] <= 0x5A or data[start] >= 0x80
        # Alone it is left to the tagger: a cue before it, or a name or a deed behind it.
        beside = previous or does or has_capital(data, end, min(limit, end + 3))
        name = capital and beside and is_apart(data, start, end)
        if name and flag & AMBIGUOUS:
            name = is_told(data, start, end, begin, limit, keys, flags)
        if not name:
            flag &= ~GIVEN
    elif flag & AMBIGUOUS and follows_initial(data, start, begin) and is_apart(data, start, end):
        flag |= GIVEN
    if flag & NAME_CUE and not is_named(data, start, end, limit):
        flag &= ~NAME_CUE
    if flag & SECRET_CUE:
        value = _value_start(data, end, limit)
        if value < 0 and end < limit and data[end] == 0x20:
            if flag & BARE or _is_option(data, start, begin):
                value = end
        said = (
            value > 0
            and (data[value - 1] == 0x73 or data[value - 1] == 0xA8 or data[value - 1] == 0xA9)
            and _has_digit(data, value, min(limit, value + 40))
        )
        # As in "Authorization: Basic …", where a word stands before the value.
        said = said or (value > 0 and end - start == _AUTHORIZATION)
        if value < 0 or not (said or _is_value(data, value, limit)):
            flag &= ~SECRET_CUE
    if flag & (BIRTH | DOCUMENT) and not _has_digit(data, end, min(limit, end + 48)):
        flag &= ~(BIRTH | DOCUMENT)
    if flag & DOCUMENT and _lacks_digits(data, end, min(limit, end + 60), DOCUMENT_DIGITS):
        flag &= ~DOCUMENT
    if flag & ADDRESS_CUE and not _has_digit(data, end, min(limit, end + 64)):
        flag &= ~ADDRESS_CUE
    if flag & STREET and not _has_digit(data, end, min(limit, end + 3)):
        named = has_capital(data, end, min(limit, end + 14))
        if not named or not _has_digit(data, max(start - 12, begin), min(limit, end + 48)):
            flag &= ~STREET
    if flag & STREET_LAST and not _is_street(data, start, begin):
        flag &= ~STREET_LAST
    if flag & SPELT:  # "at" counts in brackets, as in "ann (at) example (dot) org".
        before = data[start - 1] if start > begin else 0
        if before == 0x20 and start - 1 > begin:
            before = data[start - 2]
        if before not in (0x28, 0x5B, 0x7B):
            flag &= ~SPELT
    if flag & PROVIDER:
        value = _value_start(data, end, limit)
        if value < 0 or not _is_value(data, value, limit):
            flag &= ~PROVIDER
    if flag & BIRTH and end - start == 1 and not (start > begin + 1 and data[start - 1] == 0x2E):
        flag &= ~BIRTH  # as in "d.o.b."
    if flag & MARKER and end - start == 1 and not (end < limit and data[end] == 0x7E):
        flag &= ~MARKER
    return flag & ~(BARE | TOLD | DONE | AMBIGUOUS | LONE)


@compiled_in_place
def street_ending(
    data: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
) -> int:
    """Whether a word ends as streets do: the flag, else 0."""
    for length in range(3, 9):
        if end - length < start + 3:
            break
        if found_flags(keys, flags, ~hash_of(data, end - length, end)) & STREET:
            return STREET
    return 0


@compiled_in_place
def is_sign(data: NDArray[np.uint8], i: int, end: int) -> bool:
    """Whether what stands at ``i`` may part a name from its value: ``=``, ``:``, ``"``, ``>``."""
    c = data[i]
    if c == 0x20 and i + 1 < end:
        c = data[i + 1]
        return bool(c == 0x3D or c == 0x3A)
    return bool(c == 0x3D or c == 0x3A or c == 0x22 or c == 0x27 or c == 0x3E or c == 0x5D)


@compiled_in_place
def joined_cue(
    data: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
) -> tuple[int, int]:
    """The cue that a word ends with, as in ``clientSecret`` and ``dbpassword``: flags and start."""
    hump = end - 1
    while hump > start and not (0x41 <= data[hump] <= 0x5A):
        hump -= 1
    if start < hump < end - 2 and data[hump - 1] >= 0x61:
        known = flags_of(data, looks, keys, flags, hump, end)
        return known & (SECRET_CUE | BIRTH | DOCUMENT | NAME_CUE | ADDRESS_CUE), hump
    for length in range(3, 11):
        if end - length <= start:
            break
        if found_flags(keys, flags, ~hash_of(data, end - length, end)) & SECRET_CUE:
            return SECRET_CUE, end - length
    return 0, end
