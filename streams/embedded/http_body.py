"""Bodies of HTTP requests and responses: compression, and limits on what comes in."""

import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import lz4.frame  # type: ignore[import-untyped]
import zstandard

_MEMORY_BYTES = 16_000_000
_READ_BYTES = 1 << 20
# A kilobyte of the densest format, zstd, unfolds to 32 MB at most: fed in such pieces, a
# decompression bomb meets the limit before it fills the memory.
_PIECE_BYTES = 1024


class BodyError(ValueError):
    """A request's body cannot be used: corrupt, cut short or in an unknown encoding."""


class BodyTooLargeError(BodyError):
    """A request's body is larger, or unfolds to more, than is allowed."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes) -> bytes: ...


class Compressor(Protocol):
    """What compresses a response piece by piece."""

    def compress(self, data: bytes) -> bytes:
        """Take a piece; return compressed bytes, maybe none yet."""

    def flush(self) -> bytes:
        """Return what is left, and the end of the stream."""


class _Lz4Compressor:
    def __init__(self) -> None:
        self._frame = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def compress(self, data: bytes) -> bytes:
        head = b"" if self._begun else self._frame.begin()
        self._begun = True
        return bytes(head + self._frame.compress(data))

    def flush(self) -> bytes:
        head = b"" if self._begun else self._frame.begin()
        return bytes(head + self._frame.flush())


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "deflate": lambda: zlib.decompressobj(15),
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
_COMPRESSORS: dict[str, Callable[[], Compressor]] = {
    "lz4": _Lz4Compressor,
    "zstd": lambda: zstandard.ZstdCompressor(level=1).compressobj(),
    "gzip": lambda: zlib.compressobj(3, wbits=31),
    "deflate": lambda: zlib.compressobj(3, wbits=15),
}
_CORRUPT = (zlib.error, RuntimeError, zstandard.ZstdError, EOFError)


class RequestBody:
    """Takes a request's body piece by piece, unfolds it, and keeps it in memory or a file.

    Parameters
    ----------
    encoding
        The request's ``Content-Encoding``.
    max_bytes
        Most bytes that the body may have after decompression.
    folder
        Where a body that is too large for memory goes, as a file without a name.
    """

    def __init__(self, encoding: str, max_bytes: int, folder: Path) -> None:
        self._make = _DECOMPRESSORS.get(encoding)
        if self._make is None and encoding not in {"", "identity"}:
            known = ", ".join(_DECOMPRESSORS)
            raise BodyError(f"unknown Content-Encoding {encoding!r}: use one of {known}, or none")
        self._decompressor: _Decompressor | None = None
        self._max_bytes = max_bytes
        self.size = 0
        self._folder = folder
        self._saved: tempfile._TemporaryFileWrapper[bytes] | None = None
        self._file = tempfile.SpooledTemporaryFile(_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115

    def write(self, data: bytes) -> None:
        """Take the next piece."""
        if self._make is None:
            self._keep(data)
            return
        for start in range(0, len(data), _PIECE_BYTES):
            piece = data[start : start + _PIECE_BYTES]
            while piece:
                if self._decompressor is None:
                    self._decompressor = self._make()
                try:
                    self._keep(self._decompressor.decompress(piece))
                except _CORRUPT as error:
                    raise BodyError(f"request body cannot be decompressed: {error}") from error
                piece = b""
                if self._decompressor.eof:
                    # Several compressed streams one after the other are one body.
                    piece, self._decompressor = self._decompressor.unused_data, None

    def finish(self) -> None:
        """Take the end of the body; from here on it can be read."""
        if self._decompressor is not None:
            raise BodyError("request body is cut short: its compressed stream does not end")
        self._file.seek(0)

    def read_piece(self) -> bytes:
        """Return the next piece, empty at the end."""
        return self._file.read(_READ_BYTES)

    def read(self, max_bytes: int) -> bytes:
        """Return the rest of a body that may have ``max_bytes`` at most.

        Raises
        ------
        BodyTooLargeError
            There is more.
        """
        rest = self._file.read(max_bytes + 1)
        if len(rest) > max_bytes:
            raise BodyTooLargeError(f"the statement exceeds {max_bytes} bytes: shorten it")
        return rest

    def save_rest(self, first: bytes) -> Path:
        """Write ``first`` and the rest of the body to a file that is there until ``close()``."""
        self._saved = tempfile.NamedTemporaryFile(dir=self._folder)  # noqa: SIM115
        self._saved.write(first)
        shutil.copyfileobj(self._file, self._saved, _READ_BYTES)
        self._saved.flush()
        return self._folder / Path(self._saved.name).name

    def close(self) -> None:
        """Give up the memory and files that the body takes."""
        self._file.close()
        if self._saved is not None:
            self._saved.close()

    def _keep(self, data: bytes) -> None:
        self.size += len(data or b"")
        if self.size > self._max_bytes:
            raise BodyTooLargeError(
                f"request body exceeds {self._max_bytes} bytes: send it in several requests"
            )
        self._file.write(data)


def response_compressor(accept_encoding: str) -> tuple[str, Compressor] | None:
    """First encoding of an ``Accept-Encoding`` header that is known, with its compressor."""
    for item in accept_encoding.split(","):
        name, _, quality = item.strip().partition(";")
        if name in _COMPRESSORS and quality.replace(" ", "") not in {"q=0", "q=0.0"}:
            return name, _COMPRESSORS[name]()
    return None
