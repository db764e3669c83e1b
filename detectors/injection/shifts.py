"""Which texts hold runs of unknown words that may be words shifted or reversed: one cheap reading.

Texts in other languages are full of such runs, and seldom is one of them anything else.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.word_hash import absorb, finish

LETTERS: Final = 26
FEWEST_UNKNOWN: Final = 4
SHORT: Final = 4
"""Letters: shorter words may be known by chance."""
WORDS_TRIED: Final = 40
KNOWN: Final = 0.7
"""Share of words that are known once a shift is undone."""

_NONE: Final = np.uint64(0)


@compiled_inline
def _letter(octet: np.uint8) -> int:
    """The place of an ASCII letter in the alphabet; -1 for other bytes."""
    place = int(octet | np.uint8(0x20)) - 0x61
    return place if place >= 0 and place < LETTERS else -1


@compiled_inline
def _is_blank(octet: np.uint8) -> bool:
    code = int(octet)
    return code == 0x20 or (code >= 0x09 and code <= 0x0D) or (code >= 0x1C and code <= 0x1F)


@compiled_inline
def _is_known(hashed: np.uint64, keys: NDArray[np.uint64], rows: NDArray[np.int32]) -> bool:
    last = np.uint64(len(keys) - 1)
    slot = hashed & last
    while rows[slot] >= 0 and keys[slot] != hashed:
        slot = (slot + np.uint64(1)) & last
    return bool(rows[slot] >= 0)


@compiled_in_place
def _is_strange(octets: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether there are blanks outside ASCII, or letters whose small ones are ASCII."""
    for at in range(start, end - 1):
        octet, second = octets[at], octets[at + 1]
        if octet < 0xC2:
            continue
        if (octet == 0xC2 and second in (0x85, 0xA0)) or octet == 0xE1:
            return True
        if (octet == 0xC4 and second == 0xB0) or (octet == 0xE3 and second == 0x80):
            return True
        if octet == 0xE2 and (second != 0x80 or octets[at + 2] < 0x90 or octets[at + 2] > 0xA7):
            return True
    return False


@compiled_in_place
def _is_likelier_shifted(
    octets: NDArray[np.uint8],
    start: int,
    end: int,
    each: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> bool:
    """Whether letters are likelier after any shift than as they stand."""
    counts[:] = 0
    words, inside = 0, False
    for at in range(start, end):
        blank = _is_blank(octets[at])
        words += not (blank or inside)
        inside = not blank
        if words > WORDS_TRIED:
            break
        letter = _letter(octets[at])
        if letter >= 0:
            counts[letter] += 1
    plain = 0.0
    for shift in range(LETTERS):
        likelihood = 0.0
        for letter in range(LETTERS):
            likelihood += each[shift, letter] * counts[letter]
        if shift == 0:
            plain = likelihood
        elif likelihood > plain:
            return True
    return False


@compiled_in_place
def _is_known_backwards(
    octets: NDArray[np.uint8],
    start: int,
    end: int,
    keys: NDArray[np.uint64],
    rows: NDArray[np.int32],
) -> bool:
    words, inside = 0, False
    count = known = 0
    value = block = length = _NONE
    for back in range(end - start):
        octet = octets[end - 1 - back]
        blank = _is_blank(octet)
        words += not (blank or inside)
        inside = not blank
        if words > WORDS_TRIED:
            break
        letter = _letter(octet)
        if letter >= 0:
            value, block, length = absorb(np.uint64(0x61 + letter), value, block, length)
        if length and (letter < 0 or back == end - start - 1):
            count += 1
            if length > 1 and _is_known(finish(value, block, length), keys, rows):
                known += 1
            value = block = length = _NONE
    return known / max(count, 1) > KNOWN


@compiled_in_place
def may_be_shifted(
    octets: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    rows: NDArray[np.int32],
    each: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> bool:
    """Whether a text holds a run of unknown words that may be words, shifted or reversed.

    Parameters
    ----------
    octets
        The text in UTF-8.
    keys, rows
        The table of the vocabulary.
    each
        Log probability of every letter when it was shifted: [shifts, letters].
    counts
        Room for a count a letter.
    """
    begun, ended, words = -1, 0, 0
    start = -1
    value = block = length = _NONE
    for at in range(len(octets) + 1):
        letter = _letter(octets[at]) if at < len(octets) else -1
        if letter >= 0:
            if start < 0:
                start = at
            value, block, length = absorb(np.uint64(0x61 + letter), value, block, length)
            continue
        last = at == len(octets)
        closed = last
        if start >= 0:
            unknown = not _is_known(finish(value, block, length), keys, rows)
            if unknown or (begun >= 0 and at - start < SHORT):
                if begun < 0:
                    begun, words = start, 0
                words += 1
                ended = at
            else:
                closed = True
            start = -1
            value = block = length = _NONE
        if closed:
            if (
                begun >= 0
                and words >= FEWEST_UNKNOWN
                and (
                    _is_strange(octets, begun, ended)
                    or _is_likelier_shifted(octets, begun, ended, each, counts)
                    or _is_known_backwards(octets, begun, ended, keys, rows)
                )
            ):
                return True
            begun = -1
    return False
