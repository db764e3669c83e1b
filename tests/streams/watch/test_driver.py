"""The driver with a table that is a dict: what it keeps of a batch that fails half way."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Raw

from detectors.summaries import VectorSum, encode_summary
from detectors.watching.settings import WatchSettings
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch, encode_pane_batch
from schemas.windows import decode_window
from streams.service import new_registry
from streams.watch.driver import Driver, PartitionMovedError
from streams.watch.metrics import WatchMetrics

T0 = 1_800_000_000


class Table:
    """A Faust table's two ways to write, into a dict."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes] = {}

    async def send_changelog(self, partition: int, key: bytes, value: bytes | None) -> None:
        assert self.data.get(key) == value


class Topic:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    async def send(self, *, key: bytes, value: bytes, **_: Any) -> Any:
        self.values.append(value)
        return asyncio.sleep(0)


class Place:
    def __init__(self) -> None:
        self.table = Table()
        self.windows, self.alerts, self.letters = Topic(), Topic(), Topic()
        topics: Any = SimpleNamespace(
            windows=self.windows, alerts=self.alerts, dead_letters=self.letters
        )
        table: Any = self.table
        self.driver = Driver(
            table,
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
    restored = dict(place.table.data)
    late = Place()
    assert late.driver.reached(0) == 0
    late.driver.open([0])
    late.table.data.update(restored)
    assert late.driver.reached(0) == 1
    late.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert late.events() == 15


def test_a_partition_that_goes_while_a_batch_is_applied_keeps_the_state_before(
    pane: Callable[..., Pane],
) -> None:
    place = Place()
    place.handle(0, batch(2, pane(T0, "shop", 10, 1)))
    before = dict(place.table.data)
    with pytest.raises(PartitionMovedError):
        place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)), ours=False)
    assert place.table.data == before
    assert not place.windows.values
    place.handle(1, batch(60, pane(T0 + 1, "shop", 5, 1)))
    assert place.events() == 15
