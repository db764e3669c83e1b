"""A peer: a Bytewax flow computing the same signals, one event after the other.

Run by :mod:`benchmarks.peer` as ``python -m bytewax.run benchmarks.bytewax_peer:flow``. Counts are
kept in a dictionary, without recovery snapshots: that is in its favour.
"""

from collections import Counter
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from benchmarks import peer_progress as peer


class _Counting(StatelessSinkPartition[Any]):
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._progress = peer.Progress()

    def write_batch(self, items: list[Any]) -> None:
        for segment in items:
            self._counts[segment] += 1
            self._progress.seen()


class _Counts(DynamicSink[Any]):
    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Counting:
        del step_id, worker_index, worker_count
        return _Counting()


flow = Dataflow("peer")
messages = op.input("events", flow, KafkaSource([peer.BROKER], [peer.TOPIC]))
segments = op.map("signals", messages, lambda message: peer.segment_of(message.value))
op.output("counts", segments, _Counts())
