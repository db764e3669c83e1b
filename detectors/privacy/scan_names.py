"""What the compiled scan sees around names and the words that announce them."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.runs import is_alphanumeric
from detectors.privacy.vocabulary import TELLING
from detectors.privacy.word_flags import found_flags, hash_of


@compiled_inline
def _begins_name(octet: np.uint8) -> bool:
    """Whether it is a capital, or outside ASCII."""
    return bool((octet >= 0x41 and octet <= 0x5A) or octet >= 0x80)


@compiled_in_place
def has_capital(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a capital letter, or one outside ASCII, begins a word there."""
    for i in range(start, end):
        if (0x41 <= data[i] <= 0x5A or data[i] >= 0xC3) and not is_alphanumeric(data[i - 1]):
            return True
    return False


@compiled_in_place
def is_named(data: NDArray[np.uint8], start: int, end: int, limit: int) -> bool:
    """Whether a name may follow the cue: a capital next, or a sign or verb and a capital soon."""
    after, next_after = data[end], data[end + 1]
    if end - start < 3 and data[end - 1] | 0x20 == 0x6D and after < 0x80:  # "am", "I'm"
        return bool(after == 0x20 and _begins_name(next_after))
    if after == 0x5F and next_after | 0x20 != 0x6E:  # "customer_id", not "customer_name"
        return False
    if has_capital(data, end, min(limit, end + 5)):
        return True
    i = end + 1 if end < limit and data[end] == 0x20 else end
    if i >= limit:
        return False
    c = data[i]
    if c == 0x27 and i > end:
        return False
    # ":", "=", "'s", "is", "ist", "es", "est", "è", "was", "are"
    if not (c in (0x3A, 0x3D, 0x27, 0x69, 0x65, 0x77, 0x61) or c >= 0xC3):
        return False
    # Behind "name", people write their names in small letters as well.
    return end - start == 4 or has_capital(data, i, min(limit, i + 16))


@compiled_in_place
def follows_initial(data: NDArray[np.uint8], start: int, begin: int) -> bool:
    """Whether a capital begins a family name and an initial stands before it, as in "J. Lopez"."""
    if start - begin < 3 or not _begins_name(data[start]) or data[start - 1] != 0x20:
        return False
    return bool(data[start - 2] == 0x2E and 0x41 <= data[start - 3] <= 0x5A)


@compiled_in_place
def is_apart(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a word is no part of an identifier, an address or a path."""
    before, after = data[start - 1], data[end]
    if before < 0x80 and is_alphanumeric(before):
        return False
    # "_-/@#.&'" and "_@/"
    if before in (0x5F, 0x2D, 0x2F, 0x40, 0x23, 0x2E, 0x26, 0x27):
        return False
    return not (after == 0x5F or after == 0x40 or after == 0x2F)


@compiled_in_place
def is_told(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    begin: int,
    limit: int,
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
) -> bool:
    """Whether a word that is also a name may be one: more of a name, a list or a cue beside it."""
    after = data[end]
    if after == 0x2C or after == 0x2D or after >= 0x80:
        return True
    if after == 0x20:
        # More of the name, or another one, maybe behind "van der" or "and".
        for i in range(end, min(limit, end + 10)):
            if data[i] >= 0x80 or (data[i] == 0x20 and _begins_name(data[i + 1])):
                return True
    i = start - 1
    if i > begin and data[i] == 0x0A:
        i -= 1
    if data[i] >= 0x80:
        return True
    if i <= begin or data[i] != 0x20:
        return False
    i -= 1
    if data[i] == 0x2C or data[i] == 0x26:  # a comma, "&"
        return True
    if data[i] == 0x2E or data[i] == 0x3A:
        i -= 1
    last = i + 1
    while i >= begin and 0x61 <= data[i] | 0x20 <= 0x7A:
        i -= 1
    if data[i] >= 0x80:
        return True
    return found_flags(keys, flags, ~hash_of(data, i + 1, last)) & TELLING != 0
