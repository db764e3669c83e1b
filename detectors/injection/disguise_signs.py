"""Signs of disguises: one cheap pass that tells which texts are worth another reading."""
# Compiled scans hold all their cases: numba has no sets of constants.
# ruff: noqa: PLR0912, PLR1714

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn
from detectors.text.language import function_word_table, languages_of_word

STRANGE: Final = 1
"""Invisible characters, look-alikes of letters, scripts mixed in a word."""
LEET: Final = 2
"""Digits and signs within words."""
SPACED: Final = 4
"""Letters with blanks between them."""
RUNS: Final = 8
"""Long runs of letters and digits, groups of bits or of two hexadecimal digits."""
UNKNOWN: Final = 16
"""Several words in a row that no vocabulary knows, of no language: shifted or reversed letters."""
ESCAPED: Final = 32
"""Percent signs, escapes, character references."""
MORSE: Final = 64
"""Groups of dots and dashes."""

_FEWEST_LEET: Final = 2
_FEWEST_SPACED: Final = 5
_FEWEST_UNKNOWN: Final = 4
_FEWEST_CODED: Final = 6
_LONG_WORD: Final = 16


def signs_of(column: TextColumn) -> NDArray[np.uint8]:
    """The signs of disguises in every text, as bits."""
    buffer, words = column.buffer, column.words
    signs = strange(column)
    _scan_gaps(
        buffer.data, buffer.starts, buffer.ends, words.offsets, words.starts, words.ends, signs
    )
    _scan_words(
        buffer.data,
        words.offsets,
        words.starts,
        words.ends,
        words.hashes,
        column.rows,
        *function_word_table(),
        signs,
    )
    return signs


def strange(column: TextColumn) -> NDArray[np.uint8]:
    """:data:`STRANGE` of every text that has invisible characters or letters in fancy dress.

    Costs nothing where texts are ASCII.
    """
    buffer = column.buffer
    signs = np.zeros(len(column), np.uint8)
    _scan_strange(buffer.data, buffer.starts, buffer.ends, column.words.non_ascii, signs)
    return signs


@compiled_in_place
def _scan_strange(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    text_ends: NDArray[np.int64],
    non_ascii: NDArray[np.int64],
    signs: NDArray[np.uint8],
) -> None:
    for text in range(len(signs)):
        if non_ascii[text] == 0:
            continue
        for at in range(text_starts[text], text_ends[text]):
            octet = data[at]
            # Lead bytes of format characters and of letters in fancy dress.
            if octet < 0xC2:
                continue
            second, third = data[at + 1], data[at + 2]
            if (
                (octet == 0xC2 and second == 0xAD)
                or (octet == 0xE2 and second == 0x80 and third >= 0x8B and third <= 0x8F)
                or (octet == 0xE2 and second == 0x81 and third >= 0xA0)
                or (octet == 0xE2 and (second == 0x92 or second == 0x93))
                or (octet == 0xEF and (second == 0xBB or second == 0xBC or second == 0xBD))
                or (octet == 0xE1 and (second == 0xB4 or second == 0xB5))
                or (octet == 0xC9 or octet == 0xCA)
                or (octet == 0xF0 and second == 0x9D)
                or (
                    octet == 0xF0
                    and second == 0x9F
                    and (third == 0x84 or third == 0x85 or third == 0x87)
                )
                or octet == 0xF3
            ):
                signs[text] |= STRANGE
                break


@compiled_in_place
def _scan_gaps(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    text_ends: NDArray[np.int64],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    signs: NDArray[np.uint8],
) -> None:
    """Read what stands between words."""
    for text in range(len(signs)):
        found = signed = escaped = marks = 0
        last = offsets[text + 1]
        begin = text_starts[text]
        for word in range(offsets[text], last + 1):
            end = int(starts[word]) if word < last else text_ends[text]
            if end - begin != 1 or data[begin] != ord(" "):
                for at in range(begin, end):
                    octet, before, after = data[at], data[at - 1], data[at + 1]
                    if octet == ord("@") or octet == ord("$") or octet == ord("!"):
                        # Within a word.
                        if after >= ord("a") and after <= ord("z") and before >= ord("a"):
                            signed += 1
                    elif octet == ord("%") or octet == ord("\\") or octet == ord("&"):
                        if (
                            (after >= ord("0") and after <= ord("9"))
                            or after == ord("x")
                            or after == ord("#")
                        ):
                            escaped += 1
                    elif octet == ord(".") or octet == ord("-"):
                        # A group of dots and dashes begins.
                        marks += before == ord(" ") or before == ord("/")
                        if marks >= _FEWEST_UNKNOWN:
                            found |= MORSE
                    elif octet != ord(" ") and octet != ord("/") and octet < 0x80:
                        marks = 0
            if word < last:
                begin = int(ends[word])
                for at in range(starts[word], begin):
                    if data[at] < 0x80:
                        marks = 0
                        break
        if signed >= _FEWEST_LEET:
            found |= LEET
        if escaped >= _FEWEST_UNKNOWN:
            found |= ESCAPED
        signs[text] |= found


@compiled_in_place
def _scan_words(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    function_words: NDArray[np.uint64],
    languages: NDArray[np.uint8],
    signs: NDArray[np.uint8],
) -> None:
    for text in range(len(signs)):
        found = 0
        leet = spaced = unknown = coded = bits = 0
        for word in range(offsets[text], offsets[text + 1]):
            start, end = starts[word], ends[word]
            size = end - start
            if rows[word] >= 0 and size > 1:
                spaced = unknown = 0
                coded = coded if size == 2 else 0
                continue
            if size == 1:
                spaced += 1
                if spaced >= _FEWEST_SPACED:
                    found |= SPACED
                continue
            spaced = 0
            letters = digits = capitals = wide = ones = switches = 0
            digit = data[start] >= ord("0") and data[start] <= ord("9")
            for at in range(start, end):
                octet = data[at]
                if octet >= 0x80:
                    if octet == 0xD0 or octet == 0xD1 or octet == 0xCE or octet == 0xCF:
                        wide += 1
                    elif octet == 0xCC or octet == 0xCD:
                        found |= STRANGE
                elif octet >= ord("0") and octet <= ord("9"):
                    switches += not digit
                    digit = True
                    digits += 1
                    ones += octet <= ord("1")
                else:
                    switches += digit
                    digit = False
                    letters += 1
                    capitals += octet <= ord("Z") and at > start
            if wide > 0 and letters > 0:
                found |= STRANGE
            # Not "15px" or "utf8": digits among the letters, or the other way round.
            if letters > 0 and digits > 0 and switches > 1:
                leet += 1
            if size >= _LONG_WORD and (digits > 0 or capitals > 0):
                found |= RUNS
            if ones == size and size >= 8:
                bits += 1
                if bits >= _FEWEST_UNKNOWN:
                    found |= RUNS
            if size <= 4 and (digits > 0 or size == 2):
                coded += 1
                if coded >= _FEWEST_CODED:
                    found |= RUNS
            else:
                coded = 0
            # Sentences of other languages have function words among those that are not English.
            if letters == size and not languages_of_word(hashes[word], function_words, languages):
                unknown += 1
                if unknown >= _FEWEST_UNKNOWN:
                    found |= UNKNOWN
            else:
                unknown = 0
        if leet >= _FEWEST_LEET:
            found |= LEET
        signs[text] |= found
