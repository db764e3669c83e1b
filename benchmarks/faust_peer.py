"""A peer: a Faust agent that computes the same signals, one event after the other.

Run by :mod:`benchmarks.peer` as ``python -m benchmarks.faust_peer worker``.

It is treated well: JSON is decoded by msgspec, the loop is uvloop's, its table counts one segment
an event instead of six, and it stores nothing in ClickHouse and folds no summaries.
"""

from typing import Any

import faust

from benchmarks import peer_progress as peer

app = faust.App(
    peer.NAME,
    broker=f"kafka://{peer.BROKER}",
    datadir=peer.DATA_DIR,
    store="memory://",
    topic_partitions=peer.PARTITIONS,
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    stream_wait_empty=False,
    web_enabled=False,
)
events = app.topic(peer.TOPIC, value_type=bytes, value_serializer="raw", key_serializer="raw")
counts = app.Table("counts", default=int, partitions=peer.PARTITIONS)


@app.agent(events)
async def count(stream: Any) -> None:
    """Compute every signal, and count the event and its failures by service."""
    progress = peer.Progress()
    async for value in stream:
        counts[peer.segment_of(value)] += 1
        progress.seen()


if __name__ == "__main__":
    app.main()
