"""Decoders that refuse every wrong input in the same way."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

T = TypeVar("T")


def bounded(decode: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """A decoder of msgspec's that raises ``msgspec.DecodeError`` for whatever is wrong.

    By itself it raises ``RecursionError`` for what is nested too deeply, and
    ``UnicodeDecodeError`` for text that is not UTF-8: whoever writes to a topic could end a
    process that expects the one and not the other.

    >>> bounded(msgspec.json.Decoder().decode)(b"[" * 100_000)
    Traceback (most recent call last):
    msgspec.DecodeError: nested too deeply
    """

    def decoded(data: bytes) -> T:
        try:
            return decode(data)
        except RecursionError:
            raise msgspec.DecodeError("nested too deeply") from None
        except UnicodeDecodeError as error:
            raise msgspec.DecodeError(f"not UTF-8: {error.reason}") from None

    return decoded
