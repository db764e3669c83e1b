"""A worker cut off while it writes state: what it sends late must not count."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from detectors.watching.journal import META, StateJournal, offset_of
from schemas.panes import Pane, PaneBatch
from streams.embedded.kafka import EmbeddedKafka
from streams.watch.app import Watch
from tests.chaos.links import HOST, Link, Links
from tests.chaos.servers import LinkedKafka

T0 = 1_800_000_000
BATCHES = 8
CUT_AT = 4
PATIENCE = 120.0


@pytest.fixture
def link() -> Iterator[Link]:
    with Links(["cut off"]) as links:
        yield links["cut off"]


@pytest.fixture
def kafka(link: Link, tmp_path: Path) -> Iterator[EmbeddedKafka]:
    """A broker of its own: it must tell a worker to come by the link."""
    server = LinkedKafka(tmp_path / "kafka", {"cut off": link})
    server.choose_ports()
    with server:
        yield server


def batch(at: int, pane: Callable[..., Pane]) -> PaneBatch:
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": T0 + at + 1.0},
        panes=[pane(T0 + at, "shop", 10, 0)],
    )


def cut_while_writing(watch: Watch, link: Link) -> tuple[asyncio.Event, asyncio.Event]:
    """Cut the link as the worker begins to write; when it does, and when that write has ended."""
    begun, ended = asyncio.Event(), asyncio.Event()
    driver: Any = watch._driver
    remember, steps = driver._remember, []

    async def remember_and_cut(*step: Any) -> None:
        steps.append(step)
        if len(steps) != CUT_AT:
            return await remember(*step)
        link.set("cut")
        begun.set()
        try:
            await remember(*step)
        finally:
            ended.set()

    driver._remember = remember_and_cut
    return begun, ended


async def until(condition: Callable[[], Any]) -> None:
    while not await asyncio.to_thread(condition):
        await asyncio.sleep(0.2)


def test_what_a_worker_sends_late_does_not_stand_behind_its_successors_state(
    make_place: Callable[..., Any], link: Link, pane: Callable[..., Pane]
) -> None:
    place = make_place()
    for at in range(BATCHES):
        place.send(0, batch(at, pane))

    async def run() -> None:
        first = place.watch("watch-0", servers=f"{HOST}:{link.port}", session_timeout_seconds=6)
        second = place.watch("watch-1", session_timeout_seconds=6)
        begun, ended = cut_while_writing(first, link)
        await first.app.start()
        try:
            await begun.wait()
            await second.app.start()
            await until(place.done)
            link.set("")
            await ended.wait()
        finally:
            link.set("")
            await asyncio.gather(first.app.stop(), second.app.stop())

    async def run_in_time() -> None:
        async with asyncio.timeout(PATIENCE):
            await run()

    asyncio.run(run_in_time())
    prefix = b"00000|"
    state: dict[bytes, bytes] = {}
    steps = []
    for record in place.read(f"{place.application}-state-changelog"):
        if record.value() is None:
            state.pop(record.key(), None)
        elif record.key().startswith(prefix):
            state[record.key()] = record.value()
            if record.key() == prefix + META.encode():
                steps.append(offset_of(record.value()))
    assert steps == sorted(steps)
    restored = StateJournal((key[len(prefix) :].decode(), value) for key, value in state.items())
    assert restored.offset == max(place.due().values()) - 1
