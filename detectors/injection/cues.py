"""Cues of attacks: rows of words from a data file, all found in one pass over the words.

The patterns are states of one automaton, a bit each, that every word of a text advances at once
(Extended Shift-And, Navarro and Raffinot 2002, "Flexible Pattern Matching in Strings", section
4.2): time is linear in the words whatever the texts hold.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.words import Words, hash_words

FILE: Final = "injection_rules.toml"
_BITS: Final = 64
_ONE: Final = np.uint64(1)
_SIX: Final = np.uint64(58)
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_PLACES: Final = np.zeros(_BITS, np.int64)
"""Of a single bit, its place: the De Bruijn sequence times it begins with six own bits."""
for _place in range(_BITS):
    _PLACES[(int(_DE_BRUIJN) << _place & (1 << _BITS) - 1) >> int(_SIX)] = _place


@dataclass(frozen=True)
class Rules:
    """Patterns as the automaton's tables.

    Attributes
    ----------
    families
        Their names, in the file's order.
    kinds
        The kind of attack that each family speaks for; empty where it speaks for none.
    keys, rows
        Hashes of words by open addressing (row 0 in free slots), and their rows of ``masks``.
    masks
        uint64 [words + 1, blocks]: the states that a word may lead to; row 0 for other words.
    touched
        uint64 [words + 1]: a bit for every block in which a word leads to more than any word does.
    starts, ends, optional, before, last
        uint64 [blocks]: the first states of patterns, their last ones, those that may be skipped,
        the states before a run of such, and the last ones of such a run.
    members
        uint64 [families, blocks]: the last states of each family's patterns.
    """

    families: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    masks: NDArray[np.uint64]
    touched: NDArray[np.uint64]
    starts: NDArray[np.uint64]
    ends: NDArray[np.uint64]
    optional: NDArray[np.uint64]
    before: NDArray[np.uint64]
    last: NDArray[np.uint64]
    members: NDArray[np.uint64]

    def count(self, words: Words) -> NDArray[np.int32]:
        """How many different patterns of each family occur, a row a text, a column a family."""
        counts = np.zeros((len(words.offsets) - 1, len(self.families)), np.int32)
        _count(
            words.offsets,
            words.hashes,
            self.keys,
            self.rows,
            self.masks,
            self.touched,
            self.starts,
            self.ends,
            self.optional,
            self.before,
            self.last,
            self.members,
            np.zeros((2, len(self.starts)), np.uint64),
            counts,
        )
        return counts


@cache
def rules() -> Rules:
    """The rules that are shipped."""
    return rules_of((files("detectors.models") / FILE).read_text(encoding="utf-8"))


def rules_of(document: str) -> Rules:
    r"""Rules from the text of a file of them; the file shipped says how one is written.

    Raises
    ------
    ValueError
        When a pattern cannot be read; the message names it.

    Examples
    --------
    >>> own = rules_of('[families.greeting]\npatterns = ["good ..2 morning|day"]')
    >>> from detectors.text.column import TextColumn
    >>> own.count(TextColumn(["Good, early morning!", "A good day", "Day, good"]).words).tolist()
    [[1], [1], [0]]
    """
    read = tomllib.loads(document)
    sets: dict[str, str] = read.get("sets", {})
    families: Mapping[str, Mapping[str, Sequence[str]]] = read["families"]
    blocks = _Blocks()
    for family in families.values():
        blocks.members.append([])
        for pattern in family["patterns"]:
            blocks.add(_states(pattern, sets), pattern)
    kinds = tuple(str(family.get("kind", "")) for family in families.values())
    return blocks.rules(tuple(families), kinds)


_State = tuple[frozenset[str] | None, bool]
"""The words that lead to it (None: any), and whether it may be skipped."""


def _states(pattern: str, sets: Mapping[str, str]) -> list[_State]:
    states: list[_State] = []
    for element in pattern.split():
        if element.startswith(".."):
            states += [(None, True)] * int(element[2:])
            continue
        may_lack = element.endswith("?")
        names = element.removesuffix("?").split("|")
        expanded = "|".join(sets.get(n[1:], n) if n.startswith("@") else n for n in names)
        states.append((frozenset(expanded.split("|")), may_lack))
    while states and states[-1][1]:
        states.pop()
    if not states or states[0][1] or len(states) > _BITS:
        raise ValueError(f"pattern {pattern!r}: begin it with a word, and keep it below {_BITS}")
    return states


class _Blocks:
    """Patterns laid out in blocks of 64 states; none lies across two."""

    def __init__(self) -> None:
        self.used = _BITS
        self.masks: list[dict[str, int]] = []
        self.fields: dict[str, list[int]] = {
            name: [] for name in ("any", "starts", "ends", "optional", "before", "last")
        }
        self.members: list[list[tuple[int, int]]] = []

    def add(self, states: list[_State], pattern: str) -> None:
        """Lay out a pattern, as one of the family that was begun last."""
        if self.used + len(states) > _BITS:
            if len(self.masks) == _BITS:
                raise ValueError(f"pattern {pattern!r}: there is no room left, leave some out")
            self.used = 0
            self.masks.append({})
            for values in self.fields.values():
                values.append(0)
        block, at = self.masks[-1], self.used
        self.used += len(states)
        for place, (words, may_skip) in enumerate(states, at):
            bit = 1 << place
            for word in words or ():
                if not word:
                    raise ValueError(f"pattern {pattern!r} has an empty word or names no such set")
                block[word] = block.get(word, 0) | bit
            if words is None:
                self.fields["any"][-1] |= bit
            if may_skip:
                self.fields["optional"][-1] |= bit
                if not states[place - at - 1][1]:
                    self.fields["before"][-1] |= bit >> 1
                if not states[place - at + 1][1]:
                    self.fields["last"][-1] |= bit
        self.fields["starts"][-1] |= 1 << at
        end = 1 << (self.used - 1)
        self.fields["ends"][-1] |= end
        self.members[-1].append((len(self.masks) - 1, end))

    def rules(self, families: tuple[str, ...], kinds: tuple[str, ...]) -> Rules:
        """The tables of all that was laid out."""
        words = sorted({word for block in self.masks for word in block})
        masks = np.zeros((len(words) + 1, len(self.masks)), np.uint64)
        masks[:] = np.array(self.fields["any"], np.uint64)
        for place, word in enumerate(words, 1):
            masks[place] |= np.array([block.get(word, 0) for block in self.masks], np.uint64)
        size = 1 << (2 * len(words) + 2).bit_length()
        keys, rows = np.zeros(size, np.uint64), np.zeros(size, np.int32)
        for row, key in enumerate(hash_words(words), 1):
            slot = int(key) % size
            while rows[slot]:
                slot = (slot + 1) % size
            keys[slot], rows[slot] = key, row
        members = np.zeros((len(families), len(self.masks)), np.uint64)
        for family, ends in enumerate(self.members):
            for block, end in ends:
                members[family, block] |= np.uint64(end)
        tables = {
            name: np.array(values, np.uint64)
            for name, values in self.fields.items()
            if name != "any"
        }
        touched = np.zeros(len(masks), np.uint64)
        for block in range(len(self.masks)):
            touched |= (masks[:, block] != masks[0, block]).astype(np.uint64) << np.uint64(block)
        return Rules(families, kinds, keys, rows, masks, touched, members=members, **tables)


@compiled_in_place
def _count(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    rows: NDArray[np.int32],
    masks: NDArray[np.uint64],
    touched: NDArray[np.uint64],
    starts: NDArray[np.uint64],
    ends: NDArray[np.uint64],
    optional: NDArray[np.uint64],
    before: NDArray[np.uint64],
    last: NDArray[np.uint64],
    members: NDArray[np.uint64],
    room: NDArray[np.uint64],
    counts: NDArray[np.int32],
) -> None:
    blocks = len(starts)
    active, found = room[0], room[1]
    wrap = np.uint64(len(keys) - 1)
    for text in range(len(counts)):
        active[:] = 0
        found[:] = 0
        alive = np.uint64(0)
        for word in range(offsets[text], offsets[text + 1]):
            slot = hashes[word] & wrap
            while rows[slot] != 0 and keys[slot] != hashes[word]:
                slot = (slot + _ONE) & wrap
            row = rows[slot]
            # A block without an active state gets one only by a word of its patterns.
            todo = touched[row] | alive
            alive = np.uint64(0)
            while todo:
                lowest = todo & (~todo + _ONE)
                todo ^= lowest
                block = _PLACES[(lowest * _DE_BRUIJN) >> _SIX]
                state = ((active[block] << _ONE) | starts[block]) & masks[row, block]
                if state:
                    # A carry runs from each active state through the states it may skip.
                    filled = state | last[block]
                    state |= optional[block] & (~(filled - before[block]) ^ filled)
                    found[block] |= state & ends[block]
                    alive |= lowest
                active[block] = state
        for block in range(blocks):
            for family in range(counts.shape[1]):
                hits = found[block] & members[family, block]
                while hits:
                    hits &= hits - _ONE
                    counts[text, family] += 1
