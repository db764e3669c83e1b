"""What stands between the words of texts: which patterns are worth being searched for.

Searching every text for code, lists and links costs more than reading its words. All of these hold
signs or beginnings of lines that are seen between words, where there is little to read.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.buffer import TextBuffer
from detectors.text.octets import eight_bytes
from detectors.text.words import Words

QUESTION: Final = 1
"""A question mark, or the beginning of one of another script."""
CODE: Final = 2
"""Signs, or a word that begins a line, as programs and markup have them."""
ITEM: Final = 4
"""A line that begins as a list's item may."""
ITEMS: Final = 8
"""Two such lines."""
LINK: Final = 16
"""Two slashes behind a colon, or a point behind a ``w``."""

_LINE_STARTS: Final = (
    *("def ", "class ", "import ", "from ", "public ", "private ", "static ", "const ", "let "),
    *("var ", "func", "fn ", "select ", "SELECT "),
)
_STARTS: Final = np.array(
    [int.from_bytes(word.encode()[:8], "little") for word in _LINE_STARTS], np.uint64
)
_KEPT: Final = np.array([(1 << 8 * min(len(word), 8)) - 1 for word in _LINE_STARTS], np.uint64)


def marks_of(buffer: TextBuffer, words: Words) -> NDArray[np.uint8]:
    r"""The marks of every text, as bits. A text without a mark surely has not what it stands for.

    Examples
    --------
    >>> from detectors.text.buffer import buffer_of
    >>> from detectors.text.words import words_of
    >>> buffer = buffer_of(["Is it?", "- one\n- two", "def f(): see https://a.test"])
    >>> marks_of(buffer, words_of(buffer)).tolist() == [QUESTION, ITEM | ITEMS, CODE | LINK]
    True
    """
    marks = np.zeros(len(buffer), np.uint8)
    _read(buffer.data, buffer.starts, buffer.ends, words.offsets, words.starts, words.ends, marks)
    return marks


@compiled_in_place
def _read(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    text_ends: NDArray[np.int64],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    marks: NDArray[np.uint8],
) -> None:
    for text in range(len(marks)):
        last = offsets[text + 1]
        found = _line_marks(data, text_starts[text], text_ends[text])
        gap = text_starts[text]
        for word in range(offsets[text], last + 1):
            gap_end = int(starts[word]) if word < last else text_ends[text]
            if gap_end - gap > 1 or data[gap] != ord(" "):
                found = _gap_marks(data, gap, gap_end, text_ends[text], found)
            if word < last:
                gap = int(ends[word])
        marks[text] = found


@compiled_in_place
def _gap_marks(data: NDArray[np.uint8], start: int, end: int, text_end: int, found: int) -> int:
    """The marks of a text with those that stand between two words."""
    for at in range(start, end):
        octet = data[at]
        if octet == ord("\n"):
            line = _line_marks(data, at + 1, text_end)
            found |= line | (ITEMS if line & found & ITEM else 0)
        elif octet == ord("?") or octet >= 0x80:
            found |= QUESTION
        elif octet == ord("`") or octet == ord("}"):
            found |= CODE
        elif octet == ord("/"):
            if data[at - 1] == ord("<"):
                found |= CODE
            elif data[at - 1] == ord(":"):
                found |= LINK
        elif octet == ord(";") and data[at - 1] == ord(")"):
            found |= CODE
        elif octet == ord(".") and data[at - 1] == ord("w"):
            found |= LINK
    return found


@compiled_in_place
def _line_marks(data: NDArray[np.uint8], start: int, end: int) -> int:
    """The marks of how a line begins."""
    at = start
    while at < end and (data[at] == ord(" ") or data[at] == ord("\t")):
        at += 1
    octet = data[at]
    if octet == ord("#"):
        return CODE
    if octet >= 0x80 or (octet >= ord("*") and octet <= ord("9")):
        return ITEM
    octets = eight_bytes(data, at)
    for place in range(len(_STARTS)):
        if octets & _KEPT[place] == _STARTS[place]:
            return CODE
    return 0
