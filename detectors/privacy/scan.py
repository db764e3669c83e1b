"""The one reading of every byte: marks the places where personal data or secrets may be."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.privacy.runs import (
    authority,
    digit_bytes,
    email_address,
    is_alphanumeric,
    is_armour,
    is_hex,
    is_mac,
    number_run,
)
from detectors.privacy.vocabulary import (
    ADDRESS_CUE,
    BARE,
    BIRTH,
    DOCUMENT,
    FNV_OFFSET,
    FNV_PRIME,
    GIVEN,
    NAME_CUE,
    PREFIX_FACTOR,
    SECRET_CUE,
    SPELT,
    STREET,
    TOLD,
    Vocabulary,
)

EMAIL: Final = 1
NUMBER: Final = 2
TOKEN: Final = 3
CODE: Final = 4
COLONS: Final = 5
MAC: Final = 6
PEM: Final = 7
WORD: Final = 8
URL: Final = 9

_OTHER, _LETTER, _DIGIT, _AT, _COLON, _HYPHEN, _ANGLE, _WIDE = range(8)

_LEAST_DIGITS: Final = 7
_TOKEN_BYTES: Final = 16


def _classes() -> NDArray[np.uint8]:
    table = np.full(256, _OTHER, np.uint8)
    for octets, kind in (
        (range(0x61, 0x7B), _LETTER),
        (range(0x41, 0x5B), _LETTER),
        (range(0x80, 0x100), _LETTER),
        (range(0x30, 0x3A), _DIGIT),
        # Lead bytes under which signs and spaces are, not letters: U+00A0, U+2000, U+3000.
        ((0xC2, 0xE2, 0xE3), _WIDE),
        ((0x40,), _AT),
        ((0x3A,), _COLON),
        ((0x2D,), _HYPHEN),
        ((0x3C,), _ANGLE),
    ):
        table[list(octets)] = kind
    return table


_CLASSES: Final = _classes()


class Places(NamedTuple):
    """Places to look at, in the order of their texts: text, trigger, flags of the word, span."""

    rows: NDArray[np.int64]
    triggers: NDArray[np.int64]
    flags: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def scan(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    vocabulary: Vocabulary,
) -> Places:
    """Read every text once and mark places.

    Parameters
    ----------
    data, starts, ends
        Text ``i`` is ``data[starts[i]:ends[i]]``, UTF-8; uint8 and int64.
    vocabulary
        Words to mark, and beginnings of secrets.

    Returns
    -------
    Places
        Positions are bytes of ``data``. Work is linear in its length.
    """
    # No byte begins more than one place and its neighbours none; seldom is a hundredth needed.
    room = 256 + len(data) // 32
    while True:
        found = np.empty((5, room), np.int64)
        count = _scan(
            data, starts, ends, _CLASSES, vocabulary.beginnings, vocabulary.keys, vocabulary.flags,
            vocabulary.prefixes, found,
        )  # fmt: skip
        if count <= room:
            return Places(*found[:, :count])
        room = count


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
def _flags_of(
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
def _wanted(
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
        if not bare and not _is_told(data, end, min(limit, end + 28)):
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
    return flag & ~(BARE | TOLD)


@compiled
def _ending(
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
def _token_end(data: NDArray[np.uint8], i: int, end: int) -> int:
    """Where the run of characters that tokens are made of ends."""
    while i < end:
        c = data[i]
        if not (
            is_alphanumeric(c) or c == 0x5F or c == 0x2D or c == 0x2E or c == 0x2B or c == 0x2F
            or c == 0x3D or c == 0x7E
        ):  # fmt: skip
            break
        i += 1
    return i


@compiled
def _scan(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    classes: NDArray[np.uint8],
    beginnings: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    prefixes: NDArray[np.uint8],
    found: NDArray[np.int64],
) -> int:
    """Mark the places of all texts in ``found``, as far as it has room; how many there are."""
    count, room = 0, found.shape[1]
    for row in range(len(starts)):
        begin, end = starts[row], ends[row]
        i, number_end, token_end, colons_end = begin, begin, begin, begin
        told_end, url_end = begin - 4, begin
        while i < end:
            c = data[i]
            kind = classes[c]
            trigger, flag, first, last, following = 0, 0, i, i, i + 1
            if kind == _LETTER or kind == _DIGIT:
                # A run of letters and digits: its words, its first number, itself.
                digits, letters, number_at, word = 0, 0, -1, -1
                known, known_start, known_end = 0, 0, 0
                j = i
                while j < end:
                    kind = classes[data[j]]
                    width = 0
                    if kind == _DIGIT:
                        width = 1
                    elif kind != _LETTER:
                        break
                    elif data[j] >= 0xD9:
                        width = digit_bytes(data, j, end)
                    if width:
                        digits += 1
                        if number_at < 0:
                            number_at = j
                        j += width
                        continue
                    word = j
                    while j < end and classes[data[j]] == _LETTER:
                        if data[j] >= 0xD9 and digit_bytes(data, j, end):
                            break
                        j += 1
                    letters += j - word
                    if known == 0:
                        known = _flags_of(data, beginnings, keys, flags, word, j)
                        known_start, known_end = word, j
                if digits == 0 and known == 0 and j - word > 6 and j + 1 < end and data[j] == 0x20:
                    if 0x30 <= data[j + 1] <= 0x39:
                        known = _ending(data, keys, flags, word, j)
                        known_start, known_end = word, j
                if known:
                    cue = known & (TOLD | NAME_CUE)
                    previous = int(known_start - told_end < 4)
                    known = _wanted(data, known, known_start, known_end, begin, end, previous)
                    if cue:
                        told_end = known_end
                if known:
                    if count < room:
                        found[0, count] = row
                        found[1, count] = WORD
                        found[2, count] = known
                        found[3, count] = known_start
                        found[4, count] = known_end
                    count += 1
                if number_at >= number_end:
                    number_end, many = number_run(data, number_at, end)
                    if many >= _LEAST_DIGITS or (many == 6 and number_at - begin > 2):
                        if count < room:
                            found[0, count] = row
                            found[1, count] = NUMBER
                            found[2, count] = many
                            found[3, count] = number_at
                            found[4, count] = number_end
                        count += 1
                if i >= token_end and j - i >= 2 and c < 0x80:
                    prefix = (
                        np.uint64(data[i]) << np.uint64(16)
                        | np.uint64(data[i + 1]) << np.uint64(8)
                        | np.uint64(data[i + 2] if i + 2 < end else 0)
                    )
                    slot = ((prefix * PREFIX_FACTOR) & np.uint64(0xFFFFFFFF)) >> np.uint64(16)
                    if prefixes[slot] and (i == begin or not is_alphanumeric(data[i - 1])):
                        token_end = _token_end(data, i, end)
                        if token_end - i >= _TOKEN_BYTES:
                            trigger, last = TOKEN, token_end
                if not trigger and digits and letters and 8 <= j - i <= 64:
                    trigger, last = CODE, j
                following = j
            elif kind == _AT:
                first, last = email_address(data, i, begin, end)
                if last > first:
                    trigger, following = EMAIL, max(last, i + 1)
            elif kind == _COLON:
                if i + 2 < end and data[i + 1] == 0x2F and data[i + 2] == 0x2F:
                    if i >= url_end:
                        url_end, named = authority(data, i + 3, end)
                        if named:
                            trigger, last = URL, url_end
                elif i >= colons_end:
                    first = i
                    while first > begin and i - first < 4 and is_hex(data[first - 1]):
                        first -= 1
                    many, digits, doubled, j = 0, 0, False, first
                    while j < end and j - first < 46:
                        c = data[j]
                        if c == 0x3A:
                            many += 1
                            doubled = doubled or (j > first and data[j - 1] == 0x3A)
                        elif 0x30 <= c <= 0x39:
                            digits += 1
                        elif not (is_hex(c) or c == 0x2E):
                            break
                        j += 1
                    colons_end = j
                    free = first == begin or not is_alphanumeric(data[first - 1])
                    if free and digits and ((doubled and many >= 2) or many >= 5):
                        trigger, last = COLONS, j
            elif kind == _HYPHEN:
                if i + 9 < end and data[i + 1] == 0x2D and is_armour(data, i, end):
                    trigger, last, following = PEM, i + 10, i + 10
                elif i + 15 <= end and data[i + 3] == 0x2D and is_mac(data, i - 2, begin, end):
                    trigger, first, last = MAC, i - 2, i + 15
            elif kind == _ANGLE:
                j = i + 1
                while j < end and j - i < 20 and (0x41 <= data[j] <= 0x5A or data[j] == 0x5F):
                    j += 1
                if j < end and data[j] == 0x3E:
                    following = j + 1
            elif kind == _WIDE:
                signs = (
                    c == 0xE2 or (c == 0xC2) or (c == 0xE3 and i + 1 < end and data[i + 1] == 0x80)
                )
                if signs:
                    following = i + (2 if c == 0xC2 else 3)
                else:
                    following = i + 3
            if trigger:
                if count < room:
                    found[0, count] = row
                    found[1, count] = trigger
                    found[2, count] = flag
                    found[3, count] = first
                    found[4, count] = last
                count += 1
            i = following
    return count
