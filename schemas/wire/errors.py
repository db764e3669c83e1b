"""Why bytes are no event."""

import re
from typing import Final

import msgspec

from schemas.dead_letters import DeadLetterReason

NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no JSON text, or one nested too deeply."""

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class WireError(ValueError):
    """Bytes that are no event; ``reason`` is the dead letter's, the message says where and what."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def not_json(data: bytes, error: Exception) -> WireError:
    """The refusal of bytes for which msgspec raised one of :data:`NOT_JSON`."""
    detail = str(error)
    if _SURROGATE.search(data):
        # msgspec takes half of a pair for the end of the text.
        detail += r" (\ud800 to \udfff only come in pairs: encode the text as UTF-8)"
    return WireError("not_json", detail)
