"""What the compiled scan knows of words: look-ups in the vocabulary, and what stands around them."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.privacy.runs import is_alphanumeric
from detectors.privacy.vocabulary import (
    ADDRESS_CUE,
    BARE,
    BIRTH,
    DOCUMENT,
    FNV_OFFSET,
    FNV_PRIME,
    GIVEN,
    MARKER,
    NAME_CUE,
    PROVIDER,
    SECRET_CUE,
    SPELT,
    STREET,
    TOLD,
)


@compiled
def _hash(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """As :func:`detectors.privacy.vocabulary.word_hash`."""
    key = FNV_OFFSET
    for i in range(start, end):
        c = data[i]
        key = (key ^ np.uint64(c | 0x20 if 0x41 <= c <= 0x5A else c)) * FNV_PRIME
    return key


@compiled
def _found_flags(keys: NDArray[np.uint64], flags: NDArray[np.uint16], key: np.uint64) -> int:
    mask = np.uint64(len(keys) - 1)
    slot = (key >> np.uint64(20)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(flags[slot])
        slot = (slot + np.uint64(1)) & mask
    return 0


@compiled
def flags_of(
    data: NDArray[np.uint8],
    beginnings: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
) -> int:
    """What the vocabulary says of a word; 0 where it is not in it."""
    length = end - start
    if length > 31:
        return 0
    second = int(data[start + 1]) if length > 1 else 0
    # Most words are told from all of the vocabulary by two letters and their length.
    if not (beginnings[int(data[start]) << 8 | second] >> np.uint32(length)) & np.uint32(1):
        return 0
    return _found_flags(keys, flags, _hash(data, start, end))


@compiled
def _has_digit(data: NDArray[np.uint8], start: int, end: int) -> bool:
    for i in range(start, end):
        if 0x30 <= data[i] <= 0x39:
            return True
    return False


@compiled
def _has_capital(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a capital letter, or one outside ASCII, begins a word there."""
    for i in range(start, end):
        if (0x41 <= data[i] <= 0x5A or data[i] >= 0xC3) and not is_alphanumeric(data[i - 1]):
            return True
    return False


@compiled
def _is_told(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a value may follow: a sign of assignment, a quotation mark or "is" on the line."""
    for i in range(start, end):
        c = data[i]
        if c == 0x0A:
            return False
        if c in (0x3D, 0x3A, 0x22, 0x27, 0x60):
            return True
        if c == 0x69 and data[i - 1] == 0x20 and i + 1 < end and data[i + 1] == 0x73:
            return True
    return False


@compiled
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


@compiled
def wanted(
    data: NDArray[np.uint8],
    flag: int,
    start: int,
    end: int,
    begin: int,
    limit: int,
    previous: int,
) -> int:
    """The flags of a word that its surroundings do not rule out."""
    if flag & GIVEN:
        capital = 0x41 <= data[start] <= 0x5A or data[start] >= 0x80
        # A given name alone says nothing: a cue before it, or a family name behind it.
        if not capital or not (previous or _has_capital(data, end, min(limit, end + 3))):
            flag &= ~GIVEN
    # Behind a word of four letters, "name" above all, names are written in small letters as well.
    if flag & NAME_CUE and end - start != 4 and not _has_capital(data, end, min(limit, end + 14)):
        flag &= ~NAME_CUE
    if flag & SECRET_CUE:
        bare = flag & BARE and end < limit and data[end] == 0x20
        if (
            not bare
            and not _is_option(data, start, begin)
            and not _is_told(data, end, min(limit, end + 28))
        ):
            flag &= ~SECRET_CUE
    if flag & (BIRTH | DOCUMENT) and not _has_digit(data, end, min(limit, end + 48)):
        flag &= ~(BIRTH | DOCUMENT)
    if flag & ADDRESS_CUE and not _has_digit(data, end, min(limit, end + 64)):
        flag &= ~ADDRESS_CUE
    if flag & STREET and not _has_digit(data, max(start - 32, begin), min(limit, end + 32)):
        flag &= ~STREET
    if flag & SPELT:  # "at" counts in brackets, as in "ann (at) example (dot) org".
        before = data[start - 1] if start > begin else 0
        if before == 0x20 and start - 1 > begin:
            before = data[start - 2]
        if before not in (0x28, 0x5B, 0x7B):
            flag &= ~SPELT
    if flag & PROVIDER and not _is_told(data, end, min(limit, end + 28)):
        flag &= ~PROVIDER
    if flag & BIRTH and end - start == 1 and not (start > begin + 1 and data[start - 1] == 0x2E):
        flag &= ~BIRTH  # as in "d.o.b."
    if flag & MARKER and end - start == 1 and not (end < limit and data[end] == 0x7E):
        flag &= ~MARKER
    return flag & ~(BARE | TOLD)


@compiled
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
        if _found_flags(keys, flags, ~_hash(data, end - length, end)) & STREET:
            return STREET
    return 0


@compiled
def is_sign(data: NDArray[np.uint8], i: int, end: int) -> bool:
    """Whether what stands at ``i`` may part a name from its value: ``=``, ``:``, ``"``, ``>``."""
    c = data[i]
    if c == 0x20 and i + 1 < end:
        c = data[i + 1]
        return bool(c == 0x3D or c == 0x3A)
    return bool(c == 0x3D or c == 0x3A or c == 0x22 or c == 0x27 or c == 0x3E or c == 0x5D)


@compiled
def joined_cue(
    data: NDArray[np.uint8],
    beginnings: NDArray[np.uint32],
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
        known = flags_of(data, beginnings, keys, flags, hump, end)
        return known & (SECRET_CUE | BIRTH | DOCUMENT | NAME_CUE | ADDRESS_CUE), hump
    for length in range(3, 11):
        if end - length <= start:
            break
        if _found_flags(keys, flags, ~_hash(data, end - length, end)) & SECRET_CUE:
            return SECRET_CUE, end - length
    return 0, end
