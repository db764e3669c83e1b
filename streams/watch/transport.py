"""Faust's Kafka transport, reading only what has been committed."""

from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP


class CommittedConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer, with the isolation level that Faust ties to its own transactions."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust has no setting for this; the fetcher reads it when the consumer starts.
        consumer._isolation_level = "read_committed"
        return consumer


class CommittedConsumer(Consumer):
    """Commits up to the last event that was acknowledged.

    Transaction markers and aborted batches leave holes in the offsets. Faust bridges them by
    intervals, and stalls where a hole follows the committed offset directly, as after a restart.
    Our agents take a partition's events in order, so the last acknowledged one is the mark.
    """

    def _new_consumer_thread(self) -> CommittedConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Go back to what is committed, and take nothing until the caller resumes the flow.

        When a table has recovered, Faust seeks, empties the agents' queues and resumes. With the
        flow on meanwhile, what arrives between seeking and emptying would be lost for good.
        """
        self.stop_flow()
        await super().perform_seek()

    def _new_offset(self, tp: TP) -> int | None:
        acked = self._acked[tp]
        if not acked:
            return None
        offset: int = max(acked) + 1
        acked.clear()
        self._acked_index[tp].clear()
        return offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Holes need no record: see the class."""


class CommittedTransport(Transport):
    """Transport for :class:`faust.App` with the consumer above."""

    Consumer = CommittedConsumer
