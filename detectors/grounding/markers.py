"""Numbers that order an answer or point to its sources, and heads of its tables: they claim nothing.

``2. It is red``, ``Step 2:``, ``| 2 | Red |``, ``(2)`` and ``[2]``.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline

_LONGEST: Final = 2
_SPACE: Final = 32
_STROKE: Final = 124
_HYPHEN: Final = 45
_OPEN: Final = 91
_CLOSED: Final = 93
_LINE: Final = 10
_LEAST_HYPHENS: Final = 3


@compiled_inline
def is_marker(
    data: NDArray[np.uint8], start: int, end: int, first: bool, behind_frame: bool
) -> bool:
    """Whether digits are a marker and no number of what is said.

    Parameters
    ----------
    data
        The column's buffer.
    start, end
        The word of digits.
    first
        Whether it begins its sentence.
    behind_frame
        Whether a word as "step" or "document" stands before it.
    """
    if end - start > _LONGEST:
        return False
    before, after = data[start - 1], data[end]
    if behind_frame or before == _OPEN or after == _CLOSED or before == ord("^"):
        return True
    if before == ord("(") and after == ord(")"):
        return True
    if not first:
        return False
    if before == _STROKE or (before == _SPACE and data[start - 2] == _STROKE):
        return bool(after == _STROKE or (after == _SPACE and data[end + 1] == _STROKE))
    closed = after == ord(".") or after == ord(")") or after == ord(":")
    beyond = data[end + 1]
    return bool(closed and (beyond == _SPACE or beyond == ord("*")))


@compiled_inline
def heads_table(data: NDArray[np.uint8], at: int) -> bool:
    """Whether a row of a table ends here, behind its last word, and a line of hyphens follows."""
    while data[at] == _SPACE or data[at] == ord("*"):
        at += 1
    if data[at] != _STROKE:
        return False
    at += 1
    while data[at] == _SPACE or data[at] == 13:
        at += 1
    if data[at] != _LINE:
        return False
    at += 1
    hyphens = 0
    while data[at] == _STROKE or data[at] == _HYPHEN or data[at] == _SPACE or data[at] == ord(":"):
        hyphens += data[at] == _HYPHEN
        at += 1
    return hyphens >= _LEAST_HYPHENS


@compiled_inline
def begins_item(data: NDArray[np.uint8], start: int) -> bool:
    """Whether a word begins an item, a cell or a bold word: its capital makes it no name."""
    at = start - 1
    while data[at] == _SPACE:
        at -= 1
    octet = data[at]
    if octet == _HYPHEN:
        return bool(data[at + 1] == _SPACE)
    if octet == 0xA2:  # a bullet
        return bool(data[at - 1] == 0x80)
    return bool(octet == _STROKE or octet == ord("*") or octet == ord(":") or octet == ord("#"))
