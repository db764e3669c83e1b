"""What every peer does alike: read what the environment says, and tell when it is done.

After the last event a file of JSON is written: events, wall and processor seconds.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.plain_signals import signals_of

NAME: Final = os.environ["PEER_NAME"]
BROKER: Final = os.environ["PEER_BROKER"]
TOPIC: Final = os.environ["PEER_TOPIC"]
PARTITIONS: Final = int(os.environ["PEER_PARTITIONS"])
DATA_DIR: Final = os.environ["PEER_DATA_DIR"]
WARM_UP_EVENTS: Final = 1_000
"""Not counted, as score's first batch is not."""

_RESULT: Final = Path(os.environ["PEER_RESULT"])
_EVENTS: Final = int(os.environ["PEER_EVENTS"])
_WITH_SIGNALS: Final = os.environ["PEER_SIGNALS"] == "all"
_decode: Final = msgspec.json.Decoder().decode


def segment_of(value: bytes) -> str:
    """Compute an event's signals; the segment that it counts in: its service, and failed or not."""
    event: dict[str, Any] = _decode(value)
    failed = signals_of(event)["error"] if _WITH_SIGNALS else False
    return f"{event['service_name']}|{failed}"


class Progress:
    """Counts events, and writes the result after the last."""

    def __init__(self) -> None:
        self._seen = 0
        self._wall = self._cpu = 0.0

    def seen(self) -> None:
        """One event more is done."""
        self._seen += 1
        if self._seen == WARM_UP_EVENTS:
            self._wall, self._cpu = time.monotonic(), time.process_time()
        elif self._seen == _EVENTS:
            told = {
                "events": self._seen - WARM_UP_EVENTS,
                "wall_seconds": time.monotonic() - self._wall,
                "cpu_seconds": time.process_time() - self._cpu,
            }
            part = _RESULT.with_suffix(".part")
            part.write_text(json.dumps(told))
            part.rename(_RESULT)
