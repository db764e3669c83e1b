"""What a word and its neighbours show of whether it is part of somebody's name."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.name_words import next_word, read_word, word_before

FEATURES: Final = 39
"""Features of a word."""
BUCKETS: Final = 1 << 18
"""Weights that the features' hashes are spread over."""

CLEAR, AMBIGUOUS, FAMILY, LONE = 1, 2, 4, 8
"""Lists of names that a word is in."""
LISTS: Final = CLEAR | AMBIGUOUS | FAMILY | LONE
WRITTEN: Final = 16
"""Factor of how texts write a word: 0 unknown, 1 in small letters, 2 both ways, 3 with a capital."""
COMMON: Final = 64
"""A word among the most frequent ones."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(46)
_HALF: Final = np.uint64(32)
_FORTY: Final = np.uint64(40)
_BYTE: Final = np.uint32(8)
_KIND: Final = np.uint32(0xFF)
_TWENTY: Final = np.uint64(20)
_LAST: Final = np.uint64(63)
_ZERO: Final = np.uint64(0)
_ONE: Final = np.uint64(1)


@compiled_inline
def known_of(known: NDArray[np.uint32], word: np.uint64) -> int:
    """What the table says of a word by its hash; 0 where it is not in it."""
    mask = np.uint64(len(known) - 1)
    slot = (word >> _TWENTY) & mask
    key = np.uint32(word >> _FORTY)
    while known[slot] != 0:
        if known[slot] >> _BYTE == key:
            # Of an unsigned number, int() makes no signed one in compiled code.
            return np.int64(known[slot] & _KIND)  # type: ignore[return-value]
        slot = (slot + _ONE) & mask
    return 0


@compiled_inline
def _bucket(kind: int, value: np.uint64) -> np.int32:
    mixed = (value ^ (np.uint64(kind + 1) * np.uint64(0xBF58476D1CE4E5B9))) * _FACTOR
    return np.int32((mixed ^ mixed >> _HALF) * _FACTOR >> _SHIFT)


@compiled_inline
def _is_dropped(word: np.uint64, kind: int, drop: np.uint64) -> bool:
    """Whether a name of the lists is to be taken for an unknown word: half of them, in training."""
    return bool(drop != _ZERO and kind & LISTS and (word ^ drop) * _FACTOR >> _LAST == _ZERO)


@compiled_inline
def _gap(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """A number for what stands between two words: first sign, last sign, whether a line ends."""
    if end <= start:
        return _ZERO
    line = 0
    for i in range(start, end):
        line |= data[i] == 0x0A
    return np.uint64(int(data[start]) | int(data[end - 1]) << 8 | line << 16)


@compiled_inline
def _part(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """A number for up to six bytes, ASCII in small letters."""
    value = np.uint64(end - start)
    for i in range(start, end):
        c = data[i]
        value = value << np.uint64(8) | np.uint64(c | 0x20 if c < 0x80 else c)
    return value


@compiled_in_place
def features_of(
    data: NDArray[np.uint8],
    begin: int,
    limit: int,
    start: int,
    end: int,
    named: int,
    since: int,
    known: NDArray[np.uint32],
    drop: np.uint64,
    found: NDArray[np.int32],
) -> None:
    """Fill ``found`` with the buckets of a word's features; the last one is -1 without the word itself.

    Parameters
    ----------
    data, begin, limit
        The text is ``data[begin:limit]``.
    start, end
        The word.
    named
        Whether the word before it is part of a name: 0 or 1.
    since
        Bytes since the last name's end; less than 0 where none was.
    known
        The table of known words.
    drop
        Above 0, known words are taken for unknown ones at random by it: in training.
    """
    left, left_end = word_before(data, start, begin)
    far, far_end = word_before(data, left, begin) if left_end > left else (left, left)
    right, right_end = next_word(data, end, limit)
    beyond, beyond_end = next_word(data, right_end, limit) if right_end > right else (right, right)
    word, shape = read_word(data, start, end)
    word_1, shape_1 = read_word(data, left, left_end)
    word_2, shape_2 = read_word(data, far, far_end)
    word_3, shape_3 = read_word(data, right, right_end)
    word_4, shape_4 = read_word(data, beyond, beyond_end)
    own, own_1 = known_of(known, word), known_of(known, word_1)
    own_3 = known_of(known, word_3)
    dropped = own != 0 and _is_dropped(word, own, drop)
    if dropped:
        own = 0
    own_1 = 0 if _is_dropped(word_1, own_1, drop) else own_1
    own_3 = 0 if _is_dropped(word_3, own_3, drop) else own_3
    before = _gap(data, left_end if left_end > left else max(start - 2, begin), start)
    after = _gap(data, end, right if right_end > right else min(end + 2, limit))
    first = np.uint64(start == begin)
    looks = np.uint64(own | shape << 8)
    looks_1 = np.uint64(own_1 | shape_1 << 8)
    looks_3 = np.uint64(own_3 | shape_3 << 8)
    shapes = np.uint64(shape_2 | shape_1 << 4 | shape << 8 | shape_3 << 12 | shape_4 << 16)
    place = looks | before << np.uint64(16) | first << np.uint64(40)
    recent = 0 if since < 0 else 1 if since < 3 else 2 if since < 9 else 3 if since < 40 else 4
    recently = np.uint64(recent)
    joint = np.uint64(named) | before << np.uint64(1)
    last_three = _part(data, max(end - 3, start), end)
    found[0] = _bucket(0, np.uint64(shape | named << 4))
    found[1] = _bucket(1, looks)
    found[2] = _bucket(
        2, _part(data, start, min(start + 2, end)) | np.uint64(shape) << np.uint64(60)
    )
    found[3] = _bucket(3, _part(data, start, min(start + 3, end)))
    found[4] = _bucket(4, _part(data, max(end - 2, start), end))
    found[5] = _bucket(5, last_three)
    found[6] = _bucket(6, _part(data, max(end - 4, start), end))
    found[7] = _bucket(7, np.uint64(min(end - start, 12) | shape << 8))
    found[8] = _bucket(8, word_1)
    found[9] = _bucket(9, word_1 ^ before * _FACTOR)
    found[10] = _bucket(10, word_2)
    found[11] = _bucket(11, word_3)
    found[12] = _bucket(12, word_3 ^ after * _FACTOR)
    found[13] = _bucket(13, word_4)
    found[14] = _bucket(14, word_2 * _FACTOR ^ word_1)
    found[15] = _bucket(15, word_4 * _FACTOR ^ word_3)
    found[16] = _bucket(16, word_1 ^ looks * _FACTOR)
    found[17] = _bucket(17, word_3 ^ looks * _FACTOR)
    found[18] = _bucket(18, looks_1 | looks << np.uint64(16) | before << np.uint64(32))
    found[19] = _bucket(19, looks_3 | looks << np.uint64(16) | after << np.uint64(32))
    found[20] = _bucket(20, looks_1 | looks << np.uint64(16) | looks_3 << np.uint64(32))
    found[21] = _bucket(21, shapes)
    found[22] = _bucket(22, shapes ^ np.uint64(own) * _FACTOR)
    found[23] = _bucket(23, place)
    found[24] = _bucket(24, after | looks << np.uint64(32))
    found[25] = _bucket(25, before ^ after * _FACTOR ^ np.uint64(shape))
    found[26] = _bucket(26, joint | looks << np.uint64(32))
    found[27] = _bucket(27, joint ^ shapes * _FACTOR)
    found[28] = _bucket(28, joint ^ last_three * _FACTOR)
    found[29] = _bucket(29, np.uint64(named) ^ word_3 * _FACTOR)
    found[30] = _bucket(30, looks_1 | before << np.uint64(32))
    found[31] = _bucket(31, looks_3 | after << np.uint64(32))
    found[32] = _bucket(32, word_1 * _FACTOR ^ word_3 ^ np.uint64(shape))
    found[33] = _bucket(33, np.uint64(own))
    found[34] = _bucket(34, word_2 ^ word_1 * _FACTOR ^ looks)
    found[35] = _bucket(35, recently ^ looks * _FACTOR)
    found[36] = _bucket(36, recently ^ before * _FACTOR ^ shapes << np.uint64(40))
    found[37] = _bucket(37, recently ^ word_1 * _FACTOR ^ np.uint64(shape))
    found[38] = np.int32(-1) if dropped else _bucket(38, word)
