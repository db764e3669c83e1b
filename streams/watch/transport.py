"""Faust's Kafka transport, reading only what has been committed, and every message of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from time import monotonic
from typing import Any

import structlog
from aiokafka.structs import ConsumerRecord
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP
from faust.types.tuples import ConsumerMessage, Message
from mode import Service
from msgspec import Struct

from streams.watch.lease import Lease

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0


class Fetched(Struct, frozen=True):
    """A record and what the fetcher knows of the log before it.

    No message that can be read lies in the offsets from ``begin`` up to the record: they are
    transaction markers, aborted, or compacted away. ``seeks`` counts the partition's seeks before
    the record was handed over.
    """

    record: ConsumerRecord[bytes, bytes]
    begin: int
    seeks: int


class CommittedConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer, with the isolation level that Faust ties to its own transactions.

    It says of every record where the stretch of the log begins that it completes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reached: dict[TP, int] = {}
        """The offset after what was handed over last, by partition."""
        self.seeks: defaultdict[TP, int] = defaultdict(int)
        self.lease = Lease(self.app.conf.broker_session_timeout / 2)
        self._followed: Any = None

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust has no setting for this; the fetcher reads it when the consumer starts.
        consumer._isolation_level = "read_committed"
        return consumer

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget where reading was: an assignment begins anew."""
        self.reached.clear()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """A member of the group again: until when, heartbeats tell."""
        self._follow(self._ensure_consumer()._coordinator)
        self.lease.hear(monotonic())
        await super().on_partitions_assigned(assigned, generation_id)

    def _follow(self, coordinator: Any) -> None:
        """Have the lease told what the group answers; the client has no other way to ask."""
        if coordinator is self._followed:
            return
        self._followed = coordinator
        beat, reset = coordinator._do_heartbeat, coordinator.reset_generation

        async def do_heartbeat() -> bool:
            sent_at = monotonic()
            answered_well: bool = await beat()
            if answered_well:
                self.lease.hear(sent_at)
            return answered_well

        def reset_generation() -> None:
            self.lease.end()
            reset()

        coordinator._do_heartbeat = do_heartbeat
        coordinator.reset_generation = reset_generation

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> Any:
        records = await super()._fetch_records(*args, **kwargs)
        return {tp: self._linked(tp, batch) for tp, batch in records.items()}

    def _linked(self, tp: TP, batch: list[ConsumerRecord[bytes, bytes]]) -> list[Fetched]:
        linked = []
        for record in batch:
            begin = min(self.reached.get(tp, record.offset), record.offset)
            linked.append(Fetched(record, begin, self.seeks[tp]))
            self.reached[tp] = record.offset + 1
        return linked

    async def seek_wait(self, partitions: Mapping[TP, int | None]) -> None:
        """Go to these offsets, to the first where none is known.

        Faust knows none of a changelog that was assigned while it began to read the others.
        """
        await super().seek_wait({tp: offset or 0 for tp, offset in partitions.items()})

    async def rewind(self, offsets: Mapping[TP, int]) -> dict[TP, int]:
        """Read on from these offsets, in those partitions that are still assigned; says which."""
        here: dict[TP, int] = await self.call_thread(self._rewind, offsets)
        return here

    async def rewind_to_committed(self, tps: Iterable[TP]) -> dict[TP, int]:
        """Read on from what is committed, or the first offset where nothing is; says which."""
        offsets: dict[TP, int] = await self.call_thread(self._rewind_to_committed, list(tps))
        return offsets

    async def _rewind_to_committed(self, tps: list[TP]) -> dict[TP, int]:
        consumer = self._ensure_consumer()
        offsets = {tp: await consumer.committed(tp) for tp in tps}
        new = [tp for tp, offset in offsets.items() if offset is None]
        offsets |= await consumer.beginning_offsets(new) if new else {}
        return await self._rewind(offsets)

    async def rejoin(self) -> None:
        """Have partitions dealt out again, as by a change in the group."""
        await self.call_thread(self._rejoin)

    async def _rejoin(self) -> None:
        coordinator: Any = self._ensure_consumer()._coordinator
        coordinator.request_rejoin()

    async def _rewind(self, offsets: Mapping[TP, int]) -> dict[TP, int]:
        consumer = self._ensure_consumer()
        assigned = consumer.assignment()
        here = {tp: offset for tp, offset in offsets.items() if tp in assigned}
        for tp, offset in here.items():
            consumer.seek(tp, offset)
            self.reached[tp] = offset
            self.seeks[tp] += 1
        return here


class _Unfiltered(dict[TP, int | None]):
    """Faust's read offsets, kept for it, never told to it.

    It drops messages below them. A batch that was under way when a partition went back would
    raise them, and what is read again would be dropped.
    """

    def __getitem__(self, tp: TP) -> None:
        return None


class CommittedConsumer(Consumer):
    """Hands an agent every message of a partition in order, and commits what the agent has taken.

    When partitions move, Faust empties queues, drops what was being fetched, skips messages of the
    generation before, and seeks, all at once with fetching: messages get lost whose partition
    stays, and Faust acknowledges some of them. So an agent takes nothing on trust. It asks
    ``admits`` of every message; a message before which something is missing is refused, and the
    partition is read again from what is wanted next. ``recover_lost`` sees to losses that no
    message follows. Only ``take`` moves the offset that is committed, over the holes that
    transaction markers and aborted batches leave.
    """

    _thread: CommittedConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = _Unfiltered()
        self._wanted: dict[TP, int] = {}  # by partition that is ours, what comes next
        self._unmoved: dict[TP, int] = {}  # what was wanted at the last look for losses
        self._unrestored: dict[TP, int] = {}  # how far restoring was at the last look for losses
        self._revocations = 0

    def _new_consumer_thread(self) -> CommittedConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)

    @property
    def taken(self) -> Collection[TP]:
        """The partitions that are ours, their state restored."""
        return self._wanted.keys()

    def owns(self, message: Message) -> bool:
        """Whether the message's partition has been ours since the message was read."""
        return (
            message.tp in self._wanted
            and message.generation_id == self.app.consumer_generation_id
            and self._thread.lease.held
        )

    @property
    def held(self) -> bool:
        """Whether what was assigned to this worker is still its own."""
        return self._thread.lease.held

    async def highwaters(self, *partitions: TP) -> dict[TP, int]:
        """Where changelogs end. Of the state that is ours, this takes over the writing."""
        app: Any = self.app
        ours = app.assignor.assigned_actives().intersection(partitions)
        ends = await app.take_state_over(ours) if ours else {}
        others = [tp for tp in partitions if tp not in ours]
        return dict(await super().highwaters(*others)) | ends if others else ends

    async def rejoin(self) -> None:
        """Give all partitions back and take what is dealt out, with the state as it is then."""
        await self._thread.rejoin()

    @property
    def twin(self) -> bool:
        """Whether another process of the same name puts this one out again and again."""
        return self._thread.lease.twin

    async def admits(self, message: Any) -> bool:
        """Whether the message is ours and the next.

        If some before it are missing, they are read again, and it with them.
        """
        tp = message.tp
        if not self.owns(message) or message.offset < self._wanted[tp]:
            return False
        if message.begin <= self._wanted[tp]:
            return True
        if message.seeks == self._thread.seeks[tp]:
            await self._read_again(tp)
        return False

    def take(self, message: Message) -> None:
        """The message is done with: the next commit may include it."""
        if self.owns(message):
            self._wanted[message.tp] = message.offset + 1

    async def recover_lost(self) -> None:
        """Read again where messages were handed over that have not come by the second call.

        To be called now and then, while no message is being worked on.
        """
        lost = [
            tp
            for tp, offset in self._wanted.items()
            if self._unmoved.get(tp) == offset and self._thread.reached.get(tp, offset) > offset
        ]
        self._unmoved = dict(self._wanted)
        for tp in lost:
            await self._read_again(tp)

    @Service.task
    async def _watch_restoring(self) -> None:
        while not self.should_stop:
            await self.sleep(_LOOK_SECONDS)
            await self._recover_lost_state()

    async def _recover_lost_state(self) -> None:
        """Go on restoring where changelog records were handed over and then dropped.

        Faust drops what comes while the flow is stopped, and would wait for it for ever. As long as
        any partition moves on, the others' records may be waiting their turn.
        """
        app: Any = self.app
        recovery = app.tables.recovery
        offsets = recovery.active_offsets if recovery.in_recovery else {}
        at = {tp: o for tp in recovery.active_tps if (o := offsets.get(tp)) is not None}
        lost = {
            tp: offset + 1
            for tp, offset in at.items()
            if self._thread.reached.get(tp, 0) > offset + 1
        }
        still, self._unrestored = at == self._unrestored, at
        if lost and still:
            log.info("state_read_again", offsets={tp.partition: o for tp, o in lost.items()})
            await self._thread.rewind(lost)

    async def _read_again(self, tp: TP) -> None:
        log.info("panes_read_again", partition=tp.partition, offset=self._wanted[tp])
        await self._thread.rewind({tp: self._wanted[tp]})

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Nothing is ours until ``perform_seek`` has said where to begin."""
        self._wanted.clear()
        self._revocations += 1
        await super().on_partitions_revoked(revoked)

    async def perform_seek(self) -> None:
        """Go back to what is committed, and take nothing until the caller resumes the flow.

        Or further, to where the restored state has come: two that took themselves for the owner may
        have left the state of the one and the commit of the other, and recovery may have been cut
        short. Nothing is left out that is not in the state.
        """
        self.stop_flow()
        revocations = self._revocations
        ours = {tp for tp in self.assignment() if not self._is_changelog_tp(tp)}
        offsets = await self._thread.rewind_to_committed(ours)
        app: Any = self.app
        reached = {tp: app.state_reached(tp) for tp in offsets}
        behind = {tp: at for tp, at in reached.items() if at is not None and at < offsets[tp]}
        if behind:
            log.warning("state_behind", offsets={tp.partition: at for tp, at in behind.items()})
            offsets |= await self._thread.rewind(behind)
        if revocations == self._revocations:
            self._wanted = dict(offsets)
            self._committed_offset.update(offsets)

    def _to_message(self, tp: TP, record: Fetched) -> ConsumerMessage:
        message: Any = super()._to_message(tp, record.record)
        message.begin, message.seeks = record.begin, record.seeks
        return message  # type: ignore[no-any-return]

    def _new_offset(self, tp: TP) -> int | None:
        # What Faust acknowledged by itself counts for nothing.
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self._wanted.get(tp)


class CommittedTransport(Transport):
    """Transport for :class:`faust.App` with the consumer above."""

    Consumer = CommittedConsumer
