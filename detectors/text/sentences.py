"""Sentences: stretches of words between stops."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.buffer import TextBuffer
from detectors.text.word_lists import holds, sorted_hashes
from detectors.text.words import Words

_ABBREVIATIONS: Final = (
    *("mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "inc", "ltd", "co"),
    *("corp", "dept", "fig", "figs", "vol", "pp", "approx", "gen"),
    *("gov", "sen", "rep", "rev", "hon", "capt", "col", "lt", "sgt", "mt", "ft", "jan"),
    *("feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
)
"""A full stop after one of these, or after a single letter, ends no sentence."""


@dataclass(frozen=True)
class Sentences:
    """The sentences of a text column, one after the other; together they hold every word.

    The sentences of text ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]`` (int64);
    sentence ``j`` holds the words from ``word_bounds[j]`` to ``word_bounds[j + 1]`` (int64) and the
    bytes from ``starts[j]`` to ``ends[j]`` (int32) of the column's buffer.
    """

    offsets: NDArray[np.int64]
    word_bounds: NDArray[np.int64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def sentences_of(buffer: TextBuffer, words: Words) -> Sentences:
    """Split texts into sentences.

    A sentence ends at a stop, question or exclamation mark that white space follows (ideographic
    ones need none), unless the full stop ends an abbreviation, an initial or a list item's number,
    or a small letter follows; and at a line's end unless a small letter goes on in the next line.

    Examples
    --------
    >>> from detectors.text.buffer import buffer_of
    >>> from detectors.text.words import words_of
    >>> buffer = buffer_of(["Dr. Who came. It cost 3.50! Really?"])
    >>> sentences = sentences_of(buffer, words_of(buffer))
    >>> [buffer.text(a, b) for a, b in zip(sentences.starts, sentences.ends)]
    ['Dr. Who came.', 'It cost 3.50!', 'Really?']
    """
    most = len(words.hashes)
    offsets = np.zeros(len(buffer) + 1, np.int64)
    bounds = np.empty(most + 1, np.int64)
    starts, ends = np.empty(most, np.int32), np.empty(most, np.int32)
    count = _split(
        buffer.data,
        buffer.ends,
        words.offsets,
        words.hashes,
        words.starts,
        words.ends,
        sorted_hashes(_ABBREVIATIONS),
        offsets,
        bounds,
        starts,
        ends,
    )
    return Sentences(
        offsets, bounds[: count + 1].copy(), starts[:count].copy(), ends[:count].copy()
    )


@compiled_in_place
def _split(
    data: NDArray[np.uint8],
    text_ends: NDArray[np.int64],
    word_offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    word_starts: NDArray[np.int32],
    word_ends: NDArray[np.int32],
    abbreviations: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
) -> int:
    count = 0
    bounds[0] = 0
    for row in range(len(text_ends)):
        last = word_offsets[row + 1] - 1
        begun = False
        for word in range(word_offsets[row], last + 1):
            if not begun:
                starts[count] = word_starts[word]
                begun = True
            if (
                word < last
                and word_starts[word + 1] == word_ends[word] + 1
                and data[word_ends[word]] != ord("\n")
            ):
                continue  # a space, as between most words
            gap_end = word_starts[word + 1] if word < last else text_ends[row]
            stop = _stop(
                data, word_starts[word], word_ends[word], gap_end, hashes[word], abbreviations
            )
            if word == last and stop < 0:
                stop = word_ends[word]
            if stop >= 0:
                ends[count] = stop
                count += 1
                bounds[count] = word + 1
                begun = False
        offsets[row + 1] = count
    return count


@compiled_in_place
def _stop(
    data: NDArray[np.uint8],
    word_start: int,
    word_end: int,
    gap_end: int,
    word_hash: np.uint64,
    abbreviations: NDArray[np.uint64],
) -> int:
    """Where the sentence ends that this word is the last of; -1 where it goes on."""
    following = data[gap_end]
    small = following >= ord("a") and following <= ord("z")
    at = word_end
    while at < gap_end:
        octet = data[at]
        if octet == ord("\n"):
            if not small:
                return at
        elif octet == ord("!") or octet == ord("?") or octet == ord("."):
            beyond = at + 1
            while beyond < gap_end and (
                data[beyond] == ord('"')
                or data[beyond] == ord("'")
                or data[beyond] == ord(")")
                or data[beyond] == ord("!")
                or data[beyond] == ord("?")
                or data[beyond] == ord(".")
            ):
                beyond += 1
            spaced = data[beyond] == ord(" ") or data[beyond] == ord("\n") or data[beyond] == 9
            if spaced and not small:
                if octet != ord(".") or at > word_end:
                    return beyond
                initial = word_end - word_start == 1
                if not initial and not holds(abbreviations, word_hash):
                    return beyond
        elif (octet == 0xE3 and data[at + 1] == 0x80 and data[at + 2] == 0x82) or (
            octet == 0xEF
            and data[at + 1] == 0xBC
            and (
                data[at + 2] == 0x81 or data[at + 2] == 0x9F  # full-width ! and ?
            )
        ):  # 。
            return at + 3
        at += 1
    return -1
