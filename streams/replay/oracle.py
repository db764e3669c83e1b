"""What was sent, written down: the truth that tests compare results with.

The file has a JSON object a line. Good messages: ``event_id``, ``time``, ``copy`` (whether sent
before) and, where known, ``supported``. Bad ones: ``key``, ``rubbish`` (the kind) and ``reason``
(what the dead letter must say).
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from schemas.topics import INFERENCE
from streams.replay.faults import FaultTruth
from streams.replay.outgoing import Outgoing


class Oracle:
    """Writes the oracle file while messages are sent; a context manager."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode

    def record(self, message: Outgoing) -> None:
        """Note a message of the inference topic; feedback and changes are left out."""
        if message.topic is not INFERENCE:
            return
        entry: dict[str, object]
        if message.reason is None:
            entry = {"event_id": message.event_id, "time": message.time, "copy": message.copy}
            if message.supported is not None:
                entry["supported"] = message.supported
        else:
            entry = {
                "key": message.key.decode(),
                "rubbish": message.rubbish,
                "reason": message.reason,
            }
        self._file.write(self._encode(entry) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()


def write_truths(path: Path, truths: list[FaultTruth]) -> None:
    """Write what faults did, a JSON object a line."""
    path.write_bytes(b"".join(msgspec.json.encode(truth) + b"\n" for truth in truths))
