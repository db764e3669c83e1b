"""The Faust application of watch."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import faust
import structlog
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException
from faust.exceptions import ProducerSendError
from faust.types import TP
from faust.types.tuples import Message

from detectors.watching.settings import WatchSettings as WatcherSettings
from schemas.alerts import decode_alert, encode_alert
from schemas.monitors.resolved import MonitorSet
from schemas.topics import ALERTS, CHANGES, DEAD_LETTERS, PANES, WINDOWS, Topic
from streams.kafka import COMPUTED_MAX_BYTES, KafkaUnavailable, client_config, topic_name
from streams.settings import Settings
from streams.watch.changes import RecentChanges
from streams.watch.driver import Driver, Topics, UnreadableState
from streams.watch.group_lag import GroupLag
from streams.watch.metrics import WatchMetrics
from streams.watch.security import faust_credentials
from streams.watch.stall import TELLER, StallMonitor
from streams.watch.state import PartitionMovedError, State, transactional_producer
from streams.watch.transport import CommittedConsumer, CommittedTransport

log = structlog.get_logger(__name__)

STALL_CHECK_SECONDS = 5.0
LOSS_CHECK_SECONDS = 1.0
_STALL_KEY = f"stall|{TELLER:05d}".encode()


class WatchApp(faust.App):
    """A Faust app on :class:`streams.watch.transport.CommittedTransport`.

    ``state_reached`` gives the offset after the last message that the state of a partition holds;
    ``None`` for partitions without state. ``take_state_over`` makes this worker the only one that
    writes changelogs, and gives the offset after the last record of each.
    """

    state_reached: Callable[[TP], int | None]
    take_state_over: Callable[[Collection[TP]], Awaitable[dict[TP, int]]]

    def _new_transport(self) -> CommittedTransport:
        return CommittedTransport(self.conf.broker_consumer, self)


class Watch:
    """The application with its agent, tables and timers.

    Parameters
    ----------
    settings
        All settings.
    monitors
        What is watched.
    units
        Units of signals by name, for the words of alerts.
    pane_partitions
        Partitions of the panes topic; the state has as many.
    metrics
        Where it counts.
    """

    def __init__(
        self,
        settings: Settings,
        monitors: MonitorSet,
        *,
        units: Mapping[str, str],
        pane_partitions: int,
        metrics: WatchMetrics,
    ) -> None:
        self.problem = "starting"
        self._metrics = metrics
        self.app = WatchApp(settings.watch.application, **_configuration(settings, pane_partitions))
        self.app.conf.web_enabled = False
        self._changes = RecentChanges(
            topic_name(settings.kafka, CHANGES), client_config(settings.kafka)
        )
        self._topics = Topics(
            windows=self._topic(settings, WINDOWS),
            alerts=self._topic(settings, ALERTS),
            dead_letters=self._topic(settings, DEAD_LETTERS),
        )
        table = self.app.Table(
            "state",
            partitions=pane_partitions,
            key_type=bytes,
            value_type=bytes,
            extra_topic_configs={"max.message.bytes": str(COMPUTED_MAX_BYTES)},
        )
        self._state = State(
            table,
            transactional_producer(self.app),
            held=lambda: self._consumer.held,
            # Faust gives recovering up for good where this lasts longer than a request may.
            patience=self.app.conf.broker_request_timeout * 0.75,
        )
        self._driver = Driver(
            self._state,
            self._topics,
            monitors=monitors,
            settings=WatcherSettings(
                source_idle_seconds=settings.watch.source_idle_seconds,
                max_segments=settings.watch.max_segments,
                units=dict(units),
                dashboard_base_url=settings.watch.dashboard_url,
            ),
            changes=self._changes,
            metrics=metrics,
            clock=time.time,
        )
        self._stall = StallMonitor(settings.watch.stall_seconds, pane_partitions)
        self._stall_seconds = settings.watch.stall_seconds
        self._all_partitions = frozenset(range(pane_partitions))
        self._busy = asyncio.Lock()
        self._patience = settings.watch.session_timeout_seconds / 2
        self._panes = topic_name(settings.kafka, PANES)
        self._others = GroupLag(
            client_config(settings.kafka), settings.watch.application, self._panes
        )
        self._worker = settings.watch.worker
        self.app.state_reached = lambda tp: (
            self._driver.reached(tp.partition) if tp.topic == self._panes else None
        )
        self.app.take_state_over = self._take_state_over
        self._attach(self._topic(settings, PANES), table)

    @property
    def _consumer(self) -> CommittedConsumer:
        return cast(CommittedConsumer, self.app.consumer)

    def _topic(self, settings: Settings, topic: Topic) -> Any:
        return self.app.topic(
            topic_name(settings.kafka, topic),
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            internal=False,
        )

    async def _take_state_over(self, changelogs: Collection[TP]) -> dict[TP, int]:
        last = await self._state.take_over([tp.partition for tp in changelogs])
        return {tp: last[tp.partition] + 1 for tp in changelogs}

    def _attach(self, panes: Any, table: Any) -> None:
        app = self.app

        @app.agent(panes, concurrency=1, name="watch")
        async def watch(stream: Any) -> None:
            # Acknowledged by hand: an escaped exception would otherwise acknowledge, and lose.
            async for event in stream.noack().events():
                try:
                    async with self._busy:
                        await self._take(event)
                except Exception as error:
                    await self._give_up(error)
                    await asyncio.Event().wait()
                await stream.ack(event)

        @table.on_recover
        async def recovered() -> None:
            self.problem = ""

        @app.task
        async def follow_changes() -> None:
            await self._changes.follow()

        @app.timer(LOSS_CHECK_SECONDS)
        async def recover_lost() -> None:
            if self._consumer.twin:
                await self._give_up(
                    KafkaUnavailable(
                        f"watch.worker: another process runs as {self._worker}, or this one "
                        "cannot keep up with the group: give each a name of its own"
                    )
                )
            if not app.rebalancing and not self._busy.locked():
                await self._consumer.recover_lost()
            if self._consumer.held and self._state.refused(self._patience):
                # The group has answered since, and calls it ours: it must be restored.
                log.warning("state_restored_again")
                await self._consumer.rejoin()

        @app.timer(STALL_CHECK_SECONDS)
        async def check_stall() -> None:
            try:
                await self._check_stall()
            except Exception as error:
                await self._give_up(error)

        @app.on_partitions_revoked.connect  # type: ignore[arg-type]
        async def moved(_: Any, revoked: Sequence[TP], **__: Any) -> None:
            with suppress(TimeoutError):
                # What is under way ends here, or its state would be written behind another's.
                await asyncio.wait_for(self._busy.acquire(), self._patience)
                self._busy.release()
            self._state.let_go(tp.partition for tp in revoked)
            for tp in revoked:
                self._driver.forget(tp.partition)
                if tp.partition == TELLER:
                    self._stall.forget()

        @app.on_before_shutdown.connect  # type: ignore[arg-type]
        async def close(_: Any, **__: Any) -> None:
            await self._state.close()

    async def _take(self, event: faust.Event) -> None:
        consumer, message = self._consumer, event.message
        if not await consumer.admits(message):
            return
        try:
            await self._driver.handle(event, lambda: self._owns(message))
        except PartitionMovedError as moved:
            log.info("partition_moved", reason=str(moved))
        else:
            consumer.take(message)
            self.problem = ""

    def _owns(self, message: Message) -> bool:
        return self._consumer.owns(message) and self._state.holds(message.partition)

    async def _give_up(self, error: Exception) -> None:
        self.problem = str(error)
        log.exception("watch_cannot_go_on", state=isinstance(error, UnreadableState))
        await self.app.crash(error)

    async def _check_stall(self) -> None:
        if not self.app.rebalancing:
            # A worker that starts into silence gets no message that would open them.
            taken = self._consumer.taken
            self._driver.open(tp.partition for tp in taken if tp.topic == self._panes)
        evaluated = self._driver.evaluated_until
        now = time.time()
        for partition, until in evaluated.items():
            self._metrics.complete_lag.labels(str(partition)).set(now - until)
        if TELLER not in evaluated:
            return
        if not self._stall.restored:
            value = self._state.data.get(_STALL_KEY)
            self._stall.restore(decode_alert(value) if value else None)
        others = self._all_partitions - evaluated.keys()
        try:
            behind = await asyncio.to_thread(self._others.behind, others, now - self._stall_seconds)
        except KafkaException as error:
            log.warning("others_unknown", error=repr(error))
            return
        if not self._stall.restored:
            return  # The partition went meanwhile.
        alert = self._stall.check(evaluated, behind, now)
        if alert is None:
            return
        value = encode_alert(alert)
        kept = value if alert.state == "firing" else None
        try:
            await (await self._topics.alerts.send(key=alert.fingerprint.encode(), value=value))
            await self._state.write(TELLER, {_STALL_KEY: kept})
        except (PartitionMovedError, ProducerSendError, KafkaError) as error:
            log.warning("stall_not_told", error=repr(error))
            self._stall.forget()  # The next check begins from the state again.
            return
        log.warning("stall", state=alert.state, summary=alert.summary)


def _configuration(settings: Settings, pane_partitions: int) -> dict[str, Any]:
    folder = Path(settings.data_dir).absolute() / "watch"
    folder.mkdir(parents=True, exist_ok=True)
    servers = settings.kafka.bootstrap_servers.split(",")
    session = settings.watch.session_timeout_seconds
    return {
        "broker": ";".join(f"kafka://{server.strip()}" for server in servers),
        "broker_credentials": faust_credentials(settings.kafka),
        "datadir": str(folder),
        "store": "memory://",
        # A restarted worker of the same name takes its partitions over at once.
        "consumer_group_instance_id": settings.watch.worker,
        "topic_disable_leader": True,
        "topic_partitions": pane_partitions,
        "topic_replication_factor": settings.kafka.replication_factor,
        "table_standby_replicas": 1,
        "broker_session_timeout": session,
        "broker_heartbeat_interval": session / 4,
        "broker_commit_interval": 1.0,
        "broker_request_timeout": max(40.0, 2 * session),
        # What a worker that is cut off cannot tell, it gives up before another goes on.
        "producer_request_timeout": session / 2,
        "producer_acks": -1,
        "producer_compression_type": "zstd",
        "producer_max_request_size": COMPUTED_MAX_BYTES,
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": 4 * 1024**2,
        "stream_wait_empty": False,
        "stream_recovery_delay": 0.0,
        "logging_config": None,
    }
