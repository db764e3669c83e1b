"""Why bytes are no event."""

from schemas.dead_letters import DeadLetterReason


class WireError(ValueError):
    """Bytes that are no event; ``reason`` is the dead letter's, the message says where and what."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
