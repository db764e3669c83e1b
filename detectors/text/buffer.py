"""Texts joined into one buffer of UTF-8: what compiled loops read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

CODE_POINT_BYTES: Final = 4
_BEHIND: Final = b"\n" * 9
_BEFORE: Final = pl.Series([""])
_BEHIND_SERIES: Final = pl.Series([_BEHIND.decode()])


@dataclass(frozen=True)
class TextBuffer:
    """Text ``i`` is ``data[starts[i]:ends[i]]``, with a line feed before it and after it.

    Attributes
    ----------
    octets
        Valid UTF-8.
    data
        The same as uint8; eight bytes may be read from the end of any text on.
    starts, ends
        int64, one a text.
    ascii
        Whether all of it is ASCII.
    """

    octets: bytes
    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ascii: bool

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, start: int, end: int) -> str:
        """The text between two positions of the buffer."""
        return self.octets[start:end].decode("utf-8", "replace")


def buffer_of(texts: Sequence[str | None]) -> TextBuffer:
    """Join texts; absent ones become empty, lone surrogates become question marks.

    Examples
    --------
    >>> buffer = buffer_of(["né", None, "ok"])
    >>> buffer.starts.tolist(), buffer.ends.tolist()
    ([1, 5, 6], [4, 5, 8])
    """
    try:
        encoded = [text.encode() if text else b"" for text in texts]
    except UnicodeEncodeError:
        encoded = [(text or "").encode("utf-8", "replace") for text in texts]
    octets = b"\n".join((b"", *encoded, _BEHIND))
    return _divided(octets, np.fromiter(map(len, encoded), np.int64, len(encoded)))


def buffer_of_series(texts: pl.Series) -> TextBuffer:
    """Join a series of strings, as :func:`buffer_of` does: they are encoded there already.

    Examples
    --------
    >>> buffer = buffer_of_series(pl.Series(["né", None, "ok"]))
    >>> buffer.starts.tolist(), buffer.ends.tolist()
    ([1, 5, 6], [4, 5, 8])
    """
    present = texts.fill_null("").alias("")
    whole = pl.concat([_BEFORE, present, _BEHIND_SERIES]).str.join("\n").cast(pl.Binary)
    return _divided(whole.item(), present.str.len_bytes().to_numpy().astype(np.int64))


def _divided(octets: bytes, lengths: NDArray[np.int64]) -> TextBuffer:
    """The buffer of texts of so many bytes."""
    ends = np.cumsum(lengths + 1)
    return TextBuffer(
        octets, np.frombuffer(octets, np.uint8), ends - lengths, ends, octets.isascii()
    )
