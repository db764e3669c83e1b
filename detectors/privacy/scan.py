"""The one reading of every byte: marks the places where personal data or secrets may be."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.privacy.byte_classes import (
    ANGLE,
    AT,
    CLASSES,
    COLON,
    DIGIT,
    HYPHEN,
    LETTER,
    WIDE,
)
from detectors.privacy.english import is_english
from detectors.privacy.name_features import FEATURES, is_caseless, starts_candidate
from detectors.privacy.name_model import NameModel
from detectors.privacy.name_sum import name_sum
from detectors.privacy.runs import (
    authority,
    digit_bytes,
    email_address,
    is_alphanumeric,
    is_armour,
    is_code,
    is_decimal,
    is_hex,
    is_joint,
    is_mac,
    is_postal,
    is_random,
    number_run,
    read_token,
)
from detectors.privacy.scan_words import is_sign, joined_cue, street_ending, wanted
from detectors.privacy.vocabulary import AMBIGUOUS, DONE, GIVEN, NAME_CUE, TOLD, Vocabulary
from detectors.privacy.word_flags import beyond_plain_word, flags_of, next_flags, prefix_slot

EMAIL: Final = 1
NUMBER: Final = 2
TOKEN: Final = 3
CODE: Final = 4
COLONS: Final = 5
MAC: Final = 6
PEM: Final = 7
WORD: Final = 8
URL: Final = 9
POSTAL: Final = 10
NAME: Final = 11

_LEAST_DIGITS: Final = 7
_TOKEN_BYTES: Final = 16


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
    names: NameModel,
) -> Places:
    """Read every text once and mark places.

    Parameters
    ----------
    data, starts, ends
        Text ``i`` is ``data[starts[i]:ends[i]]``, UTF-8; uint8 and int64.
    vocabulary
        Words to mark, and beginnings of secrets.
    names
        Weights by which words are names.

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
            data, starts, ends, CLASSES, vocabulary.looks, vocabulary.keys, vocabulary.flags,
            vocabulary.prefixes, vocabulary.ordinary, names.weights, names.least,
            names.least_in_english, np.empty(FEATURES, np.int64), found,
        )  # fmt: skip
        if count <= room:
            return Places(*found[:, :count])
        room = count


@compiled_in_place
def _scan(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    prefixes: NDArray[np.uint8],
    ordinary: NDArray[np.uint8],
    weights: NDArray[np.int8],
    least: int,
    least_in_english: int,
    slots: NDArray[np.int64],
    found: NDArray[np.int64],
) -> int:
    """Mark the places of all texts in ``found``, as far as it has room; how many there are."""
    count, room = 0, found.shape[1]
    for row in range(len(starts)):
        begin, end = starts[row], ends[row]
        i, number_end, token_end, colons_end = begin, begin, begin, begin
        told_end, url_end, named_end = begin - 4, begin, begin - 4
        caseless = is_caseless(data, begin, end)
        enough, asked = least, False
        while i < end:
            c = data[i]
            kind = classes[c]
            trigger, flag, first, last, following = 0, 0, i, i, i + 1
            if kind == LETTER and (caseless or starts_candidate(data, i)):
                j, total = name_sum(
                    data, i, begin, end, caseless, classes, looks, keys, flags, ordinary, weights,
                    slots,
                )  # fmt: skip
                if total >= least_in_english and total < enough and not asked:
                    asked = True
                    if is_english(data, begin, end, classes, ordinary):
                        enough = least_in_english
                if total >= enough:
                    if count < room:
                        found[0, count] = row
                        found[1, count] = NAME
                        found[2, count] = 0
                        found[3, count] = i
                        found[4, count] = j
                    count += 1
            if kind == LETTER:
                beyond = beyond_plain_word(data, i, looks, keys, flags, prefixes)
                if beyond:
                    i = beyond
                    continue
            if kind == LETTER or kind == DIGIT:
                # A run of letters and digits: its words, its first number, itself.
                digits, letters, number_at, word = 0, 0, -1, -1
                known, known_start, known_end = 0, 0, 0
                j = i
                while j < end:
                    kind = classes[data[j]]
                    width = 0
                    if kind == DIGIT:
                        width = 1
                    elif kind != LETTER:
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
                    while j < end and classes[data[j]] == LETTER:
                        if data[j] >= 0xD9 and digit_bytes(data, j, end):
                            break
                        j += 1
                    letters += j - word
                    if known == 0:
                        known = flags_of(data, looks, keys, flags, word, j)
                        known_start, known_end = word, j
                if digits == 0 and known == 0 and j - word > 5 and j + 1 < end:
                    space = j + 1 if data[j] == 0x2E else j
                    if data[space] == 0x20 and 0x30 <= data[space + 1] <= 0x39:
                        known = street_ending(data, keys, flags, word, j)
                        known_start, known_end = word, j
                if known == 0 and 0 <= word < j - 5 and j < end and is_sign(data, j, end):
                    known, known_start = joined_cue(data, looks, keys, flags, word, j)
                    known_end = j
                if known:
                    cue = known & (TOLD | NAME_CUE)
                    previous = int(known_start - told_end < 4)
                    if known & AMBIGUOUS and not known & GIVEN and known_start - named_end < 6:
                        known &= ~AMBIGUOUS  # the name before it was marked
                    does = known & GIVEN and next_flags(data, looks, keys, flags, j, end) & DONE
                    known = wanted(
                        data, known, known_start, known_end, begin, end, previous, does != 0,
                        keys, flags,
                    )  # fmt: skip
                    if cue:
                        told_end = known_end
                if known & GIVEN:
                    named_end = known_end
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
                    told = many >= _LEAST_DIGITS or (many == 6 and number_at - begin > 2)
                    if told and not is_decimal(data, number_at, number_end):
                        if count < room:
                            found[0, count] = row
                            found[1, count] = NUMBER
                            found[2, count] = many
                            found[3, count] = number_at
                            found[4, count] = number_end
                        count += 1
                if digits and digits < 9 and is_postal(data, i, j, begin, end, digits):
                    if count < room:
                        found[0, count] = row
                        found[1, count] = POSTAL
                        found[2, count] = 0
                        found[3, count] = i
                        found[4, count] = j
                    count += 1
                long = j - i >= _TOKEN_BYTES or (j < end and is_joint(data[j]))
                if long and i >= token_end and i + 2 < end and c < 0x80:
                    slot = prefix_slot(
                        np.uint64(data[i]), np.uint64(data[i + 1]), np.uint64(data[i + 2])
                    )
                    if prefixes[slot] and (i == begin or not is_alphanumeric(data[i - 1])):
                        token_end = read_token(data, i, end)
                        if token_end - i >= _TOKEN_BYTES and is_random(data, i + 3, token_end):
                            trigger, last = TOKEN, token_end
                if not trigger and digits > 3 and letters and is_code(data, i, j):
                    trigger, last = CODE, j
                following = j
            elif kind == AT:
                first, last = email_address(data, i, begin, end)
                if last > first:
                    trigger, following = EMAIL, max(last, i + 1)
            elif kind == COLON:
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
            elif kind == HYPHEN:
                if i + 9 < end and data[i + 1] == 0x2D and is_armour(data, i, end):
                    trigger, last, following = PEM, i + 10, i + 10
                elif i + 15 <= end and data[i + 3] == 0x2D and is_mac(data, i - 2, begin, end):
                    trigger, first, last = MAC, i - 2, i + 15
            elif kind == ANGLE:
                j = i + 1
                while j < end and j - i < 20 and (0x41 <= data[j] <= 0x5A or data[j] == 0x5F):
                    j += 1
                if j < end and data[j] == 0x3E:
                    following = j + 1
            elif kind == WIDE:
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
