"""Whatever Faust does with its queues and its flow, watch takes every message, in order."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from schemas.panes import Pane, PaneBatch

T0 = 1_800_000_000
BATCHES = 120
Upset = Callable[[Any], Awaitable[None]]


async def queues_emptied(app: Any) -> None:
    """As Faust does whenever it lets messages flow again."""
    app.flow_control.clear()


async def fetched_and_dropped(app: Any) -> None:
    """As when partitions move: what was fetched is dropped, and reading begins at the commit."""
    app.consumer.stop_flow()
    app.flow_control.suspend()
    app.flow_control.clear()
    await app.consumer.perform_seek()
    app.flow_control.resume()
    app.consumer.resume_flow()


async def flow_resumed_at_once(app: Any) -> None:
    """As when a rebalance ends quickly: a batch fetched before arrives after the seek."""
    app.consumer.stop_flow()
    app.flow_control.suspend()
    app.flow_control.clear()
    app.flow_control.resume()
    app.consumer.resume_flow()


async def acknowledged_unseen(app: Any) -> None:
    """As Faust does with messages of the generation before: skipped, and acknowledged."""
    for queue in app.flow_control._queues:
        for event in list(queue._queue):
            event.ack()
        queue.clear()


def batch(at: int, pane: Callable[..., Pane], service: str) -> PaneBatch:
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": T0 + at + 1.0},
        panes=[pane(T0 + at, service, 10, 0)],
    )


@asynccontextmanager
async def working(app: Any, place: Any) -> AsyncIterator[None]:
    """Runs the app; goes on once everything was taken."""
    await app.start()
    try:
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(place.done):
                await asyncio.sleep(0.2)
        yield
    finally:
        await app.stop()


def test_a_changelog_of_which_no_offset_is_known_is_read_from_its_begin(
    make_place: Callable[..., Any], pane: Callable[..., Pane]
) -> None:
    place = make_place()
    for at in range(5):
        place.send(0, batch(at, pane, "shop"))

    async def run() -> None:
        app = place.watch().app
        async with working(app, place):
            changelogs = {tp for tp in app.consumer.assignment() if "changelog" in tp.topic}
            assert changelogs
            # As when a partition is assigned while Faust begins to read the others.
            recovery = app.tables.recovery
            for tp in changelogs:
                recovery.active_offsets[tp] = None
            await recovery._seek_offsets(
                app.consumer, changelogs, recovery.active_offsets, "active"
            )
            assert {await app.consumer.position(tp) for tp in changelogs} == {0}

    asyncio.run(run())


def test_a_changelog_that_faust_drops_when_it_has_fetched_it_is_read_again(
    make_place: Callable[..., Any], pane: Callable[..., Pane]
) -> None:
    place = make_place()
    for at in range(5):
        place.send(0, batch(at, pane, "shop"))
    dropped: list[Any] = []

    async def run() -> None:
        app = place.watch().app
        thread: Any = app.consumer._thread
        fetch = thread._fetch_records

        async def fetch_and_drop(*args: Any, **kwargs: Any) -> Any:
            records = await fetch(*args, **kwargs)
            changelogs = [tp for tp in records if "changelog" in tp.topic]
            if changelogs and not dropped:
                dropped.extend(records.pop(tp) for tp in changelogs)
            return records

        thread._fetch_records = fetch_and_drop
        async with working(app, place):
            pass

    asyncio.run(run())
    assert dropped


def test_nothing_is_lost_when_faust_drops_what_it_has_fetched(
    make_place: Callable[..., Any], pane: Callable[..., Pane]
) -> None:
    place = make_place()
    for at in range(BATCHES):
        for partition, service in enumerate(("shop", "search")):
            if at % 5 == 0:
                place.send(partition, batch(at, pane, service), abort=True)
            place.send(partition, batch(at, pane, service))
    upsets = [queues_emptied, fetched_and_dropped, flow_resumed_at_once, acknowledged_unseen]

    async def run() -> None:
        watch = place.watch()
        app, handle, handled = watch.app, watch._driver.handle, itertools.count(1)

        async def handle_and_upset(event: Any, *rest: Any) -> None:
            await handle(event, *rest)
            queued = sum(len(queue._queue) for queue in app.flow_control._queues)
            if upsets and queued and next(handled) % 7 == 0:
                await upsets.pop()(app)

        watch._driver.handle = handle_and_upset  # type: ignore[method-assign]
        async with working(app, place):
            pass

    asyncio.run(run())
    assert not upsets
    assert place.outcome().windows == place.expected().windows
