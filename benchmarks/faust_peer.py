"""The peer: a Faust agent that computes the same signals, one event after the other.

Run by :mod:`benchmarks.peer` as ``python -m benchmarks.faust_peer worker``; the environment says
what to read. After the last event it writes a file of JSON: events, wall and processor seconds.

It is treated well: JSON is decoded by msgspec, the loop is uvloop's, its table counts one segment
an event instead of six, and it stores nothing in ClickHouse and folds no summaries.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, Final

import faust
import msgspec

from benchmarks.plain_signals import signals_of

RESULT: Final = Path(os.environ["PEER_RESULT"])
TOPIC: Final = os.environ["PEER_TOPIC"]
EVENTS: Final = int(os.environ["PEER_EVENTS"])
WARM_UP_EVENTS: Final = 1_000
"""Not counted, as score's first batch is not."""
WITH_SIGNALS: Final = os.environ["PEER_SIGNALS"] == "all"

app = faust.App(
    os.environ["PEER_NAME"],
    broker=f"kafka://{os.environ['PEER_BROKER']}",
    datadir=os.environ["PEER_DATA_DIR"],
    store="memory://",
    topic_partitions=int(os.environ["PEER_PARTITIONS"]),
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    stream_wait_empty=False,
    web_enabled=False,
)
events = app.topic(TOPIC, value_type=bytes, value_serializer="raw", key_serializer="raw")
counts = app.Table("counts", default=int, partitions=int(os.environ["PEER_PARTITIONS"]))


@app.agent(events)
async def count(stream: Any) -> None:
    """Compute every signal, and count the event and its failures by service."""
    decode = msgspec.json.Decoder().decode
    seen = 0
    wall = cpu = 0.0
    async for value in stream:
        event = decode(value)
        failed = signals_of(event)["error"] if WITH_SIGNALS else False
        counts[f"{event['service_name']}|{failed}"] += 1
        seen += 1
        if seen == WARM_UP_EVENTS:
            wall, cpu = time.monotonic(), time.process_time()
        elif seen == EVENTS:
            told = {
                "events": seen - WARM_UP_EVENTS,
                "wall_seconds": time.monotonic() - wall,
                "cpu_seconds": time.process_time() - cpu,
            }
            part = RESULT.with_suffix(".part")
            part.write_text(json.dumps(told))
            part.rename(RESULT)


if __name__ == "__main__":
    app.main()
