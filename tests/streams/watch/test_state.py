"""The state's changelog on real Kafka: one writer, whole steps."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch
from streams.kafka import KafkaUnavailable
from streams.service import new_registry
from streams.settings import load_settings
from streams.watch.app import Watch
from streams.watch.metrics import WatchMetrics
from streams.watch.state import PartitionMovedError, State

T0 = 1_800_000_000
KEY = b"00000|record"
PATIENCE = 60.0


class Changelog:
    """A topic of one partition, and states that write it."""

    def __init__(self, place: Any) -> None:
        self.place = place
        self.topic = f"{place.application}-state-changelog"
        admin = AdminClient({"bootstrap.servers": place.kafka.bootstrap_servers})
        for made in admin.create_topics([NewTopic(self.topic, 1, 1)]).values():
            made.result()

    def state(self, held: Callable[[], bool] = lambda: True, patience: float = PATIENCE) -> State:
        servers = self.place.kafka.bootstrap_servers

        def producer(name: str) -> AIOKafkaProducer:
            return AIOKafkaProducer(bootstrap_servers=servers, transactional_id=name)

        table = SimpleNamespace(data={}, changelog_topic_name=self.topic)
        return State(table, producer, held=held, patience=patience)

    def values(self) -> list[bytes]:
        return [m.value() for m in self.place.read(self.topic) if m.value() is not None]


@pytest.fixture
def changelog(make_place: Callable[..., Any]) -> Changelog:
    return Changelog(make_place())


def test_who_has_a_successor_writes_nothing_more(changelog: Changelog) -> None:
    async def run() -> None:
        old, new = changelog.state(), changelog.state()
        await old.take_over([0])
        await old.write(0, {KEY: b"1"})
        taken = await new.take_over([0])
        assert taken[0] > 1
        with pytest.raises(PartitionMovedError):
            await old.write(0, {KEY: b"2", b"00000|other": b"2"})
        assert old.data == {KEY: b"1"}
        assert not old.holds(0)
        assert old.refused(0.0)
        await new.write(0, {KEY: b"3"})
        assert new.data == {KEY: b"3"}
        await asyncio.gather(old.close(), new.close())

    asyncio.run(run())
    assert changelog.values() == [b"1", b"3"]


def test_a_step_of_which_a_part_cannot_be_written_is_not_written(changelog: Changelog) -> None:
    async def run() -> None:
        state, next_one = changelog.state(), changelog.state()
        await state.take_over([0])
        with pytest.raises(Exception, match="larger than the maximum"):
            await state.write(0, {KEY: b"1", b"00000|large": bytes(2 * 1024**2)})
        assert state.data == {}
        with pytest.raises(PartitionMovedError):
            await state.write(0, {KEY: b"2"})
        await next_one.take_over([0])
        await next_one.write(0, {KEY: b"3"})
        await asyncio.gather(state.close(), next_one.close())

    asyncio.run(run())
    assert changelog.values() == [b"3"]


def test_what_was_given_back_is_not_written(changelog: Changelog) -> None:
    async def run() -> None:
        state = changelog.state()
        await state.take_over([0])
        writing = asyncio.ensure_future(state.write(0, {KEY: b"1"}))
        await asyncio.sleep(0)
        state.let_go([0])
        with pytest.raises(PartitionMovedError):
            await writing
        assert state.data == {}  # Whether Kafka has it, who reads it will know.
        with pytest.raises(PartitionMovedError):
            await state.write(0, {KEY: b"2"})
        await state.close()

    asyncio.run(run())
    assert b"2" not in changelog.values()


def test_who_does_not_know_to_be_a_member_takes_nothing_over(changelog: Changelog) -> None:
    async def run() -> None:
        owner, zombie = changelog.state(), changelog.state(held=lambda: False, patience=1.0)
        await owner.take_over([0])
        with pytest.raises(KafkaUnavailable, match="does not let this worker write"):
            await zombie.take_over([0])
        await owner.write(0, {KEY: b"1"})
        await owner.close()

    asyncio.run(run())
    assert changelog.values() == [b"1"]


def test_who_is_refused_and_still_the_owner_restores_the_state_and_goes_on(
    make_place: Callable[..., Any], pane: Callable[..., Pane]
) -> None:
    place = make_place()
    settings = load_settings(
        kafka=place.kafka.model_dump(),
        watch={"application": place.application, "session_timeout_seconds": 6},
        data_dir=place.folder / "data",
    )
    watch = Watch(
        settings, MonitorSet(), units={}, pane_partitions=2, metrics=WatchMetrics(new_registry())
    )

    def send(at: int) -> None:
        panes = [pane(T0 + at, "shop", 10, 0)]
        until = {"inference/0": T0 + at + 1.0}
        place.send(
            0, PaneBatch(worker="score-0", pane_seconds=1, complete_until=until, panes=panes)
        )

    async def done() -> None:
        while not await asyncio.to_thread(place.done):
            await asyncio.sleep(0.2)

    async def put_out() -> None:
        """As a worker does that takes a partition over by mistake, and dies."""
        other = AIOKafkaProducer(
            bootstrap_servers=place.kafka.bootstrap_servers,
            transactional_id=f"{place.application}-state-changelog-0",
        )
        await other.start()
        await other.stop()

    async def run() -> None:
        await watch.app.start()
        try:
            async with asyncio.timeout(120):
                for at in range(3):
                    send(at)
                await done()
                await put_out()
                for at in range(3, 20):
                    send(at)
                await done()
        finally:
            await watch.app.stop()

    asyncio.run(run())
    assert place.outcome().windows == place.expected().windows
