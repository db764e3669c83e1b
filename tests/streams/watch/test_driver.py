"""The driver with a table that is a dict: what it keeps of a batch that fails half way."""

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError
from msgspec import Raw

from detectors.summaries import VectorSum, encode_summary
from detectors.watching.settings import WatchSettings
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch, encode_pane_batch
from schemas.windows import decode_window
from streams.service import new_registry
from streams.settings import load_settings
from streams.watch.app import _configuration
from streams.watch.driver import Driver
from streams.watch.metrics import WatchMetrics
from streams.watch.state import PartitionMovedError

T0 = 1_800_000_000


class State:
    """Keeps what is written; refuses it once the partition has moved."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes] = {}
        self.moved = False

    async def write(self, partition: int, puts: Mapping[bytes, bytes | None]) -> None:
        if self.moved:
            raise PartitionMovedError("moved")
        for key, value in puts.items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value


class Topic:
    """Keeps what is sent, but for the first ``failures``: those Kafka does not take in time."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.failures = 0

    async def send(self, *, key: bytes, value: bytes, **_: Any) -> Any:
        if self.failures:
            self.failures -= 1
            return _given_up()
        self.values.append(value)
        return asyncio.sleep(0)


async def _given_up() -> None:
    raise KafkaTimeoutError


class Place:
    def __init__(self) -> None:
        self.state = State()
        self.windows, self.alerts, self.letters = Topic(), Topic(), Topic()
        topics: Any = SimpleNamespace(
            windows=self.windows, alerts=self.alerts, dead_letters=self.letters
        )
        self.driver = Driver(
            self.state,
            topics,
            monitors=MonitorSet(),
            settings=WatchSettings(),
            changes=list,
            metrics=WatchMetrics(new_registry()),
            clock=lambda: float(T0),
        )

    def handle(self, offset: int, batch: PaneBatch, *, ours: bool = True) -> None:
        message = SimpleNamespace(
            topic="panes",
            partition=0,
            offset=offset,
            key=None,
            value=encode_pane_batch(batch),
            timestamp=T0 + offset,
        )
        event: Any = SimpleNamespace(message=message)
        asyncio.run(self.driver.handle(event, lambda: ours))

    def events(self) -> int:
        """Of the newest version of the one window of ten seconds."""
        windows = [decode_window(value) for value in self.windows.values]
        tens = [w for w in windows if w.resolution_seconds == 10 and w.start == T0]
        return max(tens, key=lambda w: w.version).events


def batch(until: int, *panes: Pane) -> PaneBatch:
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": float(T0 + until)},
        panes=list(panes),
    )


def test_a_batch_that_fails_half_way_leaves_nothing_behind(pane: Callable[..., Pane]) -> None:
    place = Place()
    place.handle(0, batch(2, pane(T0, "shop", 10, 1)))
    # Its last pane has a vector whose bytes are no numbers: seen when it is merged, not before.
    cut = Raw(encode_summary(VectorSum(1, 1.0, b"123")))
    shop = {"service_name": "shop"}
    broken = [Pane(start=T0, segment=shop, events=9, signals={"vector": cut}) for _ in range(2)]
    place.handle(1, batch(4, pane(T0 + 1, "shop", 500, 0), *broken))
    assert len(place.letters.values) == 1
    place.handle(2, batch(60, pane(T0 + 3, "shop", 7, 0)))
    assert place.events() == 17


def test_what_was_opened_before_all_of_its_state_was_there_is_opened_again(
    pane: Callable[..., Pane],
) -> None:
    """Partitions come and go while others are restored: somebody may look too early."""
    place = Place()
    place.handle(0, batch(2, pane(T0, "shop", 10, 1)))
    restored = dict(place.state.data)
    late = Place()
    assert late.driver.reached(0) == 0
    late.driver.open([0])
    late.state.data.update(restored)
    assert late.driver.reached(0) == 1
    late.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert late.events() == 15


def test_a_partition_that_goes_while_a_batch_is_applied_keeps_the_state_before(
    pane: Callable[..., Pane],
) -> None:
    place = Place()
    place.handle(0, batch(2, pane(T0, "shop", 10, 1)))
    before = dict(place.state.data)
    with pytest.raises(PartitionMovedError):
        place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)), ours=False)
    assert place.state.data == before
    assert not place.windows.values
    place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert place.events() == 15


def test_a_partition_whose_state_is_refused_is_opened_again(pane: Callable[..., Pane]) -> None:
    place = Place()
    place.handle(0, batch(2, pane(T0, "shop", 10, 1)))
    before = dict(place.state.data)
    place.state.moved = True
    with pytest.raises(PartitionMovedError):
        place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert place.state.data == before
    place.state.moved = False
    place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert place.events() == 15


def test_what_kafka_does_not_take_is_told_again_as_long_as_the_partition_is_ours(
    pane: Callable[..., Pane],
) -> None:
    place = Place()
    place.windows.failures = place.letters.failures = 2
    place.handle(0, batch(60, pane(T0, "shop", 10, 1)))
    assert place.events() == 10
    shop = {"service_name": "shop"}
    cut = Raw(encode_summary(VectorSum(1, 1.0, b"123")))
    broken = [Pane(start=T0 + 61, segment=shop, events=9, signals={"vector": cut})] * 2
    with pytest.raises(PartitionMovedError):
        place.handle(1, batch(64, *broken), ours=False)
    assert not place.letters.values
    place.handle(1, batch(64, *broken))
    assert len(place.letters.values) == 1


def test_a_worker_gives_up_what_it_cannot_tell_before_another_may_go_on() -> None:
    settings = load_settings()
    configuration = _configuration(settings, 4)
    lease = settings.watch.session_timeout_seconds / 2
    assert lease + configuration["producer_request_timeout"] <= lease * 2
