"""One worker's partitions of the panes topic: merge, evaluate, publish, remember, acknowledge."""

import asyncio
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import faust
import msgspec
import structlog
from faust.types import Message, TopicT

from detectors.watching.journal import META, offset_of
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.alerts import encode_alert
from schemas.changes import Change
from schemas.dead_letters import DeadLetter
from schemas.monitors.resolved import MonitorSet
from schemas.panes import PaneBatch, decode_pane_batch
from schemas.windows import encode_window
from streams.watch.metrics import WatchMetrics
from streams.watch.state import PartitionMovedError, prefix_of

log = structlog.get_logger(__name__)


class Topics(msgspec.Struct, frozen=True):
    """Where the driver publishes; raw bytes in key and value."""

    windows: TopicT
    alerts: TopicT
    dead_letters: TopicT


class Outgoing(msgspec.Struct, frozen=True):
    """A message of one of these topics."""

    topic: TopicT
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] | None = None


class UnreadableState(RuntimeError):
    """State that this release cannot use: the worker must stop rather than lose it."""


class StateT(Protocol):
    """Where the state is kept: :class:`streams.watch.state.State`."""

    @property
    def data(self) -> Mapping[bytes, bytes]:
        """Everything that was written."""

    async def write(self, partition: int, puts: Mapping[bytes, bytes | None]) -> None:
        """Write all of it, or raise ``PartitionMovedError``."""


class Driver:
    """Applies pane batches in order.

    The outputs of a batch are durable before its state is written, and its state before the batch
    is acknowledged. A crash between any two repeats the batch over a state that knows how far it
    had come, and outputs of the repetition have the identity of the first ones.

    Parameters
    ----------
    state
        Where the encoded state is kept.
    topics
        Where to publish.
    monitors, settings
        What is watched, and how.
    changes
        Gives the changes known, oldest first.
    metrics
        Where it counts.
    clock
        Seconds since the epoch; for metrics and dead letters only.
    """

    def __init__(
        self,
        state: StateT,
        topics: Topics,
        *,
        monitors: MonitorSet,
        settings: WatchSettings,
        changes: Callable[[], Sequence[Change]],
        metrics: WatchMetrics,
        clock: Callable[[], float],
    ) -> None:
        self._state = state
        self._topics = topics
        self._monitors = monitors
        self._settings = settings
        self._changes = changes
        self._metrics = metrics
        self._clock = clock
        self._watchers: dict[int, Watcher] = {}

    @property
    def evaluated_until(self) -> dict[int, int]:
        """Event time (epoch seconds) up to which each partition here has been evaluated."""
        return {
            partition: watcher.evaluated_until
            for partition, watcher in self._watchers.items()
            if watcher.evaluated_until is not None
        }

    def open(self, partitions: Iterable[int]) -> None:
        """Take up partitions whose state is in the table, before their first message comes."""
        for partition in partitions:
            self._watcher(partition)

    def reached(self, partition: int) -> int:
        """The offset after the last batch in the state of a partition; 0 without state.

        Of the table as it is now: what was opened from another state is let go. Raises
        ``UnreadableState``.
        """
        meta = self._state.data.get(prefix_of(partition) + META.encode())
        try:
            offset = -1 if meta is None else offset_of(meta)
        except ValueError as error:
            raise _unreadable(partition, error) from error
        watcher = self._watchers.get(partition)
        if watcher is not None and watcher.offset != offset:
            log.warning("state_changed", partition=partition, had=watcher.offset, offset=offset)
            self.forget(partition)
        return offset + 1

    def forget(self, partition: int) -> None:
        """Let go of a partition that moves: its state is in the table."""
        self._watchers.pop(partition, None)

    async def handle(self, event: faust.Event, ours: Callable[[], bool]) -> None:
        """Take one message of the panes topic to its end.

        ``ours`` says whether the partition still is. Raises ``PartitionMovedError`` when it went
        before the state was written, which is then as before the message.
        """
        message = event.message
        try:
            batch = decode_pane_batch(message.value or b"")
        except (msgspec.DecodeError, ValueError) as error:
            await self._refuse(message, str(error), ours)
            return
        watcher = self._watcher(message.partition)
        try:
            with self._metrics.apply_seconds.time():
                step = watcher.apply(
                    batch, message.offset, told_at=message.timestamp, changes=self._changes()
                )
        except (ValueError, OverflowError) as error:
            # It may have been half applied; what is in the table was not.
            self.forget(message.partition)
            await self._refuse(message, str(error), ours)
            return
        try:
            await self._publish(message.partition, step, ours)
            await self._remember(message.partition, step)
        except PartitionMovedError:
            self.forget(message.partition)
            raise
        self._count(message.partition, watcher, batch, step)
        if step.puts:
            # A long batch must not keep heartbeats and deliveries waiting.
            await asyncio.sleep(0)

    def _watcher(self, partition: int) -> Watcher:
        if partition not in self._watchers:
            prefix = prefix_of(partition)
            state = [
                (key[len(prefix) :].decode(), value)
                for key, value in self._state.data.items()
                if key.startswith(prefix)
            ]
            try:
                self._watchers[partition] = Watcher(self._monitors, self._settings, state)
            except (msgspec.DecodeError, ValueError) as error:
                raise _unreadable(partition, error) from error
            # Millions of objects that stay: the collector need not look at them again and again.
            gc.freeze()
            log.info("partition_restored", partition=partition, entries=len(state))
        return self._watchers[partition]

    async def _publish(self, partition: int, step: Step, ours: Callable[[], bool]) -> None:
        """Windows and alerts, until Kafka has them all."""
        windows, alerts = self._topics.windows, self._topics.alerts
        messages = [
            *(Outgoing(windows, w.key.encode(), encode_window(w)) for w in step.windows),
            *(Outgoing(alerts, a.fingerprint.encode(), encode_alert(a)) for a in step.alerts),
        ]
        await self._send(partition, messages, ours)

    async def _send(
        self, partition: int, messages: Sequence[Outgoing], ours: Callable[[], bool]
    ) -> None:
        delay = 0.1
        while ours():
            try:
                sent = [
                    await each.topic.send(key=each.key, value=each.value, headers=each.headers)
                    for each in messages
                ]
                await asyncio.gather(*sent)
            except Exception as error:
                self._metrics.retries.inc()
                log.warning("publishing_repeated", error=str(error), retry_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(2 * delay, 5.0)
            else:
                break
        if not ours():
            # Another worker may have begun to write this state.
            raise PartitionMovedError(f"partition {partition} went to another worker")

    async def _remember(self, partition: int, step: Step) -> None:
        """Write the state in order, and wait until the changelog has it."""
        prefix = prefix_of(partition)
        puts = {prefix + name.encode(): value for name, value in step.puts.items()}
        await self._state.write(partition, puts)

    async def _refuse(self, message: Message, detail: str, ours: Callable[[], bool]) -> None:
        letter = DeadLetter(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            time=datetime.fromtimestamp(self._clock(), UTC),
            reason="unreadable_pane",
            detail=detail,
            key=message.key,
            value=message.value,
        )
        self._metrics.dead_letters.inc()
        log.error(
            "pane_batch_refused",
            partition=letter.partition,
            offset=letter.offset,
            detail=detail,
        )
        headers = [(name, value or b"") for name, value in letter.all_headers()]
        refused = Outgoing(self._topics.dead_letters, letter.key, letter.value, headers)
        await self._send(message.partition, [refused], ours)

    def _count(self, partition: int, watcher: Watcher, batch: PaneBatch, step: Step) -> None:
        metrics = self._metrics
        metrics.batches.inc()
        metrics.panes.inc(len(batch.panes))
        metrics.windows.inc(len(step.windows))
        metrics.late_events.inc(step.late_events)
        for alert in step.alerts:
            metrics.alerts.labels(alert.state).inc()
        for segmentation, panes in step.overflowed.items():
            metrics.overflowed.labels(",".join(segmentation)).inc(panes)
        metrics.segments.labels(str(partition)).set(watcher.segments)
        for name, count in watcher.undecided.items():
            metrics.undecided.labels(str(partition), name).set(count)


def _unreadable(partition: int, error: Exception) -> UnreadableState:
    return UnreadableState(f"the state of partition {partition} cannot be read: {error}")
