"""Names of people in texts by the trained weights: one compiled reading."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.name_features import CLEAR, COMMON, WRITTEN, features_of, known_of
from detectors.privacy.name_words import SMALL, begins_large, read_word, sign_bytes, word_end
from detectors.privacy.word_list import words

IGNORED: Final = 2
"""Mark of bytes that training leaves out."""
_LONGEST_PARTICLES: Final = 12
_LONGEST_NAME: Final = 80
_LONGEST: Final = 32
_LOOK: Final = np.uint64(0x9E3779B97F4A7C15)


@compiled_inline
def look_of(data: NDArray[np.uint8], start: int, end: int) -> int:
    """A number of 17 bits by a word's first three bytes, its last one and its length (3 or more)."""
    first = int(data[start]) | int(data[start + 1]) << 8 | int(data[start + 2]) << 16
    key = np.uint64(first | int(data[end - 1]) << 24 | (end - start) << 32)
    return int(key * _LOOK >> np.uint64(47))


@compiled_inline
def _may_name(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    named: bool,
    follows: bool,
    known: NDArray[np.uint32],
    names: NDArray[np.uint8],
) -> bool:
    """Whether a word is looked at: for its capital, or as a given name in small letters.

    What texts write in small letters and no list holds is none, unless it stands behind a name.
    """
    if begins_large(data, start):
        if end - start >= _LONGEST or not _is_apart(data, start, end):
            return False
        word, _ = read_word(data, start, end)
        return named or known_of(known, word) & ~COMMON != WRITTEN
    if not follows:
        c = data[start]
        if end - start < 3 or (c >= 0x30 and c <= 0x39):
            return False
        look = look_of(data, start, end)
        if not names[look >> 3] >> (look & 7) & 1:
            return False
    word, shape = read_word(data, start, min(end, start + _LONGEST))
    if shape != SMALL or not _is_apart(data, start, end):
        return False
    return follows or known_of(known, word) & CLEAR != 0


@compiled_inline
def _is_apart(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a word is no part of an identifier, a path or a handle, and no placeholder."""
    before, after = data[start - 1], data[end]
    if before == 0x3C and after == 0x3E and data[start + 1] < 0x60:  # "<MAC>"
        return False
    # "_", "@", "/", "#", "\\"
    return not (before in (0x5F, 0x40, 0x2F, 0x23, 0x5C) or after in (0x5F, 0x40))


_PARTICLES: Final = tuple(
    int.from_bytes(word.encode())
    for word in words(
        "d da de del den der des di do dos das du el al la le van von bin ibn ben ter ten zu af av"
    )
)


@compiled_inline
def _is_particle(packed: int) -> bool:
    """Whether the bytes of a word are those of a small word within family names."""
    found = False
    for particle in _PARTICLES:
        found = found or packed == particle
    return found


@compiled_inline
def _joins(data: NDArray[np.uint8], last: int, start: int, first: int) -> bool:
    """Whether the name whose last word is ``first`` to ``last`` goes on with the word at ``start``.

    One space, a hyphen or an apostrophe is between, a point behind an initial, or small words.
    """
    gap = start - last
    initial = data[last] == 0x2E and last - first == 1
    if gap == 1:
        return bool(data[last] in (0x20, 0x2D, 0x27) or initial)
    if gap == 2:
        return bool(initial and data[last + 1] == 0x20)
    if gap > _LONGEST_PARTICLES or data[last] != 0x20 or data[start - 1] not in (0x20, 0x27):
        return False
    many, packed = 0, 0
    for i in range(last + 1, start):
        c = data[i]
        if c >= 0x61 and c <= 0x7A:
            packed = packed << 8 | c
        elif (c == 0x20 or c == 0x27) and _is_particle(packed):
            many += 1
            packed = 0
        else:
            return False
    return many == 1 or many == 2


@compiled_in_place
def read_names(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    known: NDArray[np.uint32],
    names: NDArray[np.uint8],
    weights: NDArray[np.int8],
    scale: float,
    least: float,
    room: NDArray[np.int32],
    found: NDArray[np.int64],
    logits: NDArray[np.float32],
) -> int:
    """Mark names as far as ``found`` has room; how many there are.

    A name's words are decided one by one from left to right, each by its features' weights.

    Parameters
    ----------
    data, starts, ends
        Text ``i`` is ``data[starts[i]:ends[i]]``.
    known
        The table of known words.
    names
        How given names look: see :func:`look_of`.
    weights, scale
        Of the features' buckets; a weight is its byte times the scale.
    least
        The logit from which a word is part of a name.
    room
        For features: int32[FEATURES].
    found, logits
        Text, start and end of each name (int64[3, n]), the highest logit of its words (n).
    """
    count, most = 0, found.shape[1]
    for row in range(len(starts)):
        begin, limit = starts[row], ends[row]
        i = begin
        first, last, word, best, letters, small = begin, begin, begin, 0.0, 0, False
        while i < limit:
            signs = sign_bytes(data, i)
            if signs:
                i += signs
                continue
            end = word_end(data, i, limit)
            named = last > begin and _joins(data, last, i, word)
            if not _may_name(data, i, end, named, named and small, known, names):
                i = end
                continue
            features_of(
                data,
                begin,
                limit,
                i,
                end,
                int(named),
                i - last if last > begin else -1,
                known,
                np.uint64(0),
                room,
            )
            total = 0
            for bucket in room:
                total += weights[bucket]
            logit = total * scale
            if logit >= least:
                if named and end - first < _LONGEST_NAME:
                    best = max(best, logit)
                else:
                    if letters > 1:
                        if count < most:
                            found[0, count], found[1, count], found[2, count] = row, first, last
                            logits[count] = best
                        count += 1
                    first, best, letters = i, logit, 0
                word, last = i, end
                letters = max(letters, end - i)
                small = data[i] >= 0x61 and data[i] < 0x80
            i = end
        if letters > 1:
            if count < most:
                found[0, count], found[1, count], found[2, count] = row, first, last
                logits[count] = best
            count += 1
    return count


@compiled_in_place
def read_examples(
    data: NDArray[np.uint8],
    begin: int,
    limit: int,
    marks: NDArray[np.uint8],
    known: NDArray[np.uint32],
    names: NDArray[np.uint8],
    drop: np.uint64,
    features: NDArray[np.int32],
    labels: NDArray[np.int8],
) -> int:
    """Features and labels of every word that :func:`read_names` would decide.

    Parameters
    ----------
    marks
        1 at bytes of names, :data:`IGNORED` where nobody knows; of ``data``.
    drop
        See :func:`features_of`.
    features, labels
        Filled: int32[n, FEATURES], int8[n].

    Returns
    -------
    int
        How many there are.
    """
    i, last, word, small, count = begin, begin, begin, False, 0
    while i < limit:
        signs = sign_bytes(data, i)
        if signs:
            i += signs
            continue
        end = word_end(data, i, limit)
        named = last > begin and _joins(data, last, i, word)
        if _may_name(data, i, end, named, named and small, known, names) and count < len(labels):
            if marks[i] != IGNORED:
                features_of(
                    data,
                    begin,
                    limit,
                    i,
                    end,
                    int(named),
                    i - last if last > begin else -1,
                    known,
                    drop,
                    features[count],
                )
                labels[count] = marks[i]
                count += 1
            if marks[i] == 1:
                word, last = i, end
                small = data[i] >= 0x61 and data[i] < 0x80
        i = end
    return count
