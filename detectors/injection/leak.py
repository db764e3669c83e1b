"""How much of a system prompt a response repeats."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn
from detectors.text.word_hash import mix

RUN: Final = 5
"""Words in a row that count as repeated; fewer are common coin."""
GAP: Final = 2
"""Words changed or put in that do not end a stretch."""
COMMON_ROWS: Final = 300
"""The vocabulary's most frequent words, which say little."""
COMMON_WEIGHT: Final = 0.25

_CHAIN: Final = np.uint64(0x9E3779B97F4A7C15)


def repeated(system: TextColumn, prompt: TextColumn, response: TextColumn) -> NDArray[np.float64]:
    """What of the system prompt's runs of words the response repeats and the prompt does not say.

    Words weigh 1, the most frequent ones a quarter. Time and memory are linear in the words.

    Returns
    -------
    numpy.ndarray
        float64, a row an event: the weight of the longest stretch of the response that is the
        system prompt's, the weight of all such stretches, and the weight of the system prompt.
    """
    found = np.zeros((len(system), 3))
    longest = int(max(system.words.counts.max(initial=0), prompt.words.counts.max(initial=0)))
    slots = 1 << (2 * longest + 2).bit_length()
    _compare(
        system.words.offsets,
        system.words.hashes,
        system.rows,
        prompt.words.offsets,
        prompt.words.hashes,
        response.words.offsets,
        response.words.hashes,
        response.rows,
        np.zeros(slots, np.uint64),
        np.full(slots, -1, np.int64),
        np.zeros(slots, np.bool_),
        found,
    )
    return found


@compiled_in_place
def _run(hashes: NDArray[np.uint64], first: int) -> np.uint64:
    """The hash of the run of words that begins here."""
    value = np.uint64(0)
    for word in range(first, first + RUN):
        value = mix(value * _CHAIN + hashes[word])
    return value


@compiled_in_place
def _slot(key: np.uint64, keys: NDArray[np.uint64], owners: NDArray[np.int64], owner: int) -> int:
    """Where the key is for this owner, or the empty slot where it would be.

    Slots of other owners are empty: the table is not cleared between events.
    """
    mask = np.uint64(len(keys) - 1)
    slot = key & mask
    while owners[slot] == owner and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@compiled_in_place
def _weight(row: int) -> float:
    return COMMON_WEIGHT if row >= 0 and row < COMMON_ROWS else 1.0


@compiled_in_place
def _compare(
    system_offsets: NDArray[np.int64],
    system: NDArray[np.uint64],
    system_rows: NDArray[np.int32],
    prompt_offsets: NDArray[np.int64],
    prompt: NDArray[np.uint64],
    response_offsets: NDArray[np.int64],
    response: NDArray[np.uint64],
    response_rows: NDArray[np.int32],
    keys: NDArray[np.uint64],
    owners: NDArray[np.int64],
    said: NDArray[np.bool_],
    found: NDArray[np.float64],
) -> None:
    for event in range(len(found)):
        first, last = system_offsets[event], system_offsets[event + 1]
        if last - first < RUN:
            # Nothing of so little can be repeated; its weight counts nowhere else.
            continue
        for word in range(first, last):
            found[event, 2] += _weight(system_rows[word])
        for word in range(first, last - RUN + 1):
            key = _run(system, word)
            slot = _slot(key, keys, owners, event)
            keys[slot], owners[slot], said[slot] = key, event, False
        for word in range(prompt_offsets[event], prompt_offsets[event + 1] - RUN + 1):
            # What the user said first is not the system prompt's secret.
            slot = _slot(_run(prompt, word), keys, owners, event)
            if owners[slot] == event:
                said[slot] = True
        first, last = response_offsets[event], response_offsets[event + 1]
        covered = first
        stretch = 0.0
        for word in range(first, last - RUN + 1):
            slot = _slot(_run(response, word), keys, owners, event)
            if owners[slot] != event or said[slot]:
                continue
            if word > covered + GAP:
                stretch = 0.0
            for other in range(max(word, covered), word + RUN):
                weight = _weight(response_rows[other])
                stretch += weight
                found[event, 1] += weight
            covered = word + RUN
            found[event, 0] = max(found[event, 0], stretch)
