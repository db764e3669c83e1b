"""Words and beginnings that make a place worth looking at, as tables for the compiled scan."""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.privacy import cue_words
from detectors.privacy.countries import LAST_WORDS
from detectors.privacy.frequent_names import CLEAR
from detectors.privacy.given_names import (
    AMBIGUOUS_NAMES,
    GIVEN_NAMES,
    family_names,
    lone_names,
    ordinary_words,
)
from detectors.privacy.other_languages import OTHER_LANGUAGES
from detectors.privacy.secret_patterns import PREFIXES

GIVEN: Final = 1
BIRTH: Final = 2
STREET: Final = 4
NAME_CUE: Final = 8
SECRET_CUE: Final = 16
DOCUMENT: Final = 32
BARE: Final = 64
"""A cue of secrets after which the secret may follow without any sign."""
STREET_LAST: Final = 4096
"""A street's type that stands behind its name, and the number before both."""
ADDRESS_CUE: Final = 128
SPELT: Final = 256
"""A word that may stand for the sign in an e-mail address."""

FNV_OFFSET: Final = np.uint64(0xCBF29CE484222325)
FNV_PRIME: Final = np.uint64(0x100000001B3)

TOLD: Final = 512
"""A word after which a capital begins somebody's name."""

PROVIDER: Final = 1024
"""A service whose keys have no format of their own."""
MARKER: Final = 2048
"""A word in the middle of a secret, or of an address that is one."""

DONE: Final = 8192
"""A word that follows the name of somebody."""

AMBIGUOUS: Final = 16384
"""A given name that is also something else; of what is no given name: a family name."""

TELLING: Final = 32768
"""A word before a name that is also something else, which makes a name of it."""
LONE: Final = TELLING
"""A given name more often than anything else. Words that tell are kept apart, see below."""

ORDINARY_LOG2: Final = 20
"""Bits, as a power of two, of the set of ordinary words."""

PREFIX_FACTOR: Final = np.uint64(0x9E3779B1)
LENGTH_FACTOR: Final = np.uint64(0x85EBCA6B)

_BARE_WORDS: Final = ("bearer", "password", "passwort", "passphrase", "pwd", "passcode", "pin")
_MASK: Final = (1 << 64) - 1


class Vocabulary(NamedTuple):
    """Tables of the scan.

    Attributes
    ----------
    looks
        By how a word looks (see :func:`look_of`): whether any cue (bit 0) or name (bit 1) looks
        so; uint8[131072].
    keys, flags
        Hash table, open addressing: hash of a word (uint64, 0 in a free slot), what it is (uint16).
    prefixes
        By hash of three bytes: whether a secret's token may begin so; uint8[65536].
    ordinary
        A bit a word, by its hash: whether it is an ordinary one; uint8[2**17].
    """

    looks: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    prefixes: NDArray[np.uint8]
    ordinary: NDArray[np.uint8]


@cache
def vocabulary() -> Vocabulary:
    """The tables, made once."""
    words: dict[int, int] = {}
    looks = np.zeros(1 << 17, np.uint8)

    def add(flag: int, each: Iterable[str], *, small: bool = True) -> None:
        # Small letters tell no name from a word.
        for word in each:
            spellings = {word[:1].upper() + word[1:], word.upper()}
            if small:
                spellings.add(word)
            if word.isascii():  # neither its hash nor its look tells capitals from small letters
                spellings = {word}
            for spelling in spellings:
                key = word_hash(spelling)
                words[key] = words.get(key, 0) | flag
                looks[look_of(spelling.encode())] |= 1 if small else 2

    add(GIVEN, GIVEN_NAMES, small=False)
    add(GIVEN, AMBIGUOUS_NAMES, small=False)
    for name in AMBIGUOUS_NAMES:
        for spelling in (name[:1].upper() + name[1:], name.upper()):
            if spelling.lower() in AMBIGUOUS_NAMES:
                words[word_hash(spelling)] |= AMBIGUOUS
    add(LONE, lone_names() | (CLEAR & AMBIGUOUS_NAMES), small=False)
    add(AMBIGUOUS, family_names() - GIVEN_NAMES - AMBIGUOUS_NAMES - OTHER_LANGUAGES, small=False)
    add(NAME_CUE, cue_words.NAME_CUES)
    add(NAME_CUE, cue_words.ROLE_CUES)
    add(BIRTH, cue_words.BIRTH_CUES)
    add(STREET, cue_words.STREET_WORDS)
    add(STREET_LAST, cue_words.STREET_TYPES)
    add(STREET_LAST, cue_words.USPS_TYPES, small=False)
    add(STREET_LAST, LAST_WORDS)
    add(ADDRESS_CUE, cue_words.ADDRESS_CUES)
    add(SECRET_CUE, cue_words.SECRET_CUES)
    add(SPELT, ("at",))
    add(TOLD, cue_words.TOLD_WORDS)
    add(DONE, cue_words.DONE_WORDS)
    add(BARE, _BARE_WORDS)
    add(DOCUMENT, cue_words.DOCUMENT_CUES)
    add(PROVIDER, cue_words.PROVIDERS)
    add(MARKER, cue_words.MARKERS)
    for flag, endings in (
        (STREET, cue_words.STREET_ENDINGS),
        (SECRET_CUE, cue_words.SECRET_ENDINGS),
        (TELLING, cue_words.TELLING_WORDS),
    ):
        for ending in endings:
            # Inverted, so that none makes a word worth a look.
            key = word_hash(ending) ^ _MASK
            words[key] = words.get(key, 0) | flag
    ordinary = ordinary_table(ordinary_words())
    return Vocabulary(looks, *_hash_table(words), _prefix_table(PREFIXES), ordinary)


def word_hash(word: str) -> int:
    """FNV-1a, 64 bits, of the word in UTF-8, ASCII letters as lower-case ones.

    Source: Fowler, Noll, Vo, as in IETF draft-eastlake-fnv.
    """
    value = int(FNV_OFFSET)
    for octet in word.encode():
        low = octet | 0x20 if 0x41 <= octet <= 0x5A else octet
        value = (value ^ low) * int(FNV_PRIME) & _MASK
    return value


def ordinary_table(words: Iterable[str]) -> NDArray[np.uint8]:
    """The set of words as bits by their hashes; few others are taken for one of them."""
    bits = np.zeros(1 << ORDINARY_LOG2, np.uint8)
    for word in words:
        bits[(word_hash(word) * int(FNV_PRIME) & _MASK) >> (64 - ORDINARY_LOG2)] = 1
    return np.packbits(bits, bitorder="little")


def look_of(octets: bytes) -> int:
    """A number of 17 bits that says a word's first three bytes, its last one and its length.

    Most words of a text are told from all of the vocabulary by that.
    """
    last = len(octets) - 1
    a, b, c = octets[0], octets[min(1, last)], octets[min(2, last)]
    key = (a | b << 8 | c << 16 | octets[-1] << 24) | 0x20202020
    return (key * int(PREFIX_FACTOR) + len(octets) * int(LENGTH_FACTOR) & 0xFFFFFFFF) >> 15


def _hash_table(
    words: dict[int, int],
) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    size = 1 << (4 * len(words)).bit_length()
    keys = np.zeros(size, np.uint64)
    flags = np.zeros(size, np.uint16)
    for key, flag in words.items():
        slot = (key >> 20) & (size - 1)
        while keys[slot]:
            slot = (slot + 1) & (size - 1)
        keys[slot], flags[slot] = key, flag
    return keys, flags


def _prefix_table(prefixes: Iterable[str]) -> NDArray[np.uint8]:
    table = np.zeros(1 << 16, np.uint8)
    for prefix in prefixes:
        a, b, c = prefix[:3].encode()
        table[((a << 16 | b << 8 | c) * int(PREFIX_FACTOR) & 0xFFFFFFFF) >> 16] = 1
    return table
