"""One loop of queries for all who look at the same."""

import asyncio
import json

from dashboards.page.context import StoreProblem
from dashboards.page.hub import Feed, Hub, Part
from dashboards.page.live import stream


class Counter:
    """A part that changes with every second question."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: StoreProblem | None = None

    async def render(self) -> str:
        self.asked += 1
        if self.problem:
            raise self.problem
        return f"value {self.asked // 2}"

    def part(self) -> Part:
        return Part("p", self.render, lambda problem: f"problem: {problem}")


async def messages(feed: Feed, count: int) -> list[tuple[str, dict[str, str]]]:
    """The first events of a stream."""
    found = []
    events = stream(feed, known={})
    async for chunk in events:
        if chunk.startswith(b"event: "):
            name, _, data = chunk.decode().partition("\ndata: ")
            found.append((name.removeprefix("event: "), json.loads(data)))
        if len(found) == count:
            break
    await events.aclose()
    return found


async def test_fifty_viewers_are_one_question() -> None:
    hub, counter = Hub(0.02), Counter()
    feeds = [hub.feed("same", [counter.part()], live=True) for _ in range(50)]
    assert len({id(feed) for feed in feeds}) == 1
    assert len(hub) == 1
    seen = await asyncio.gather(*(messages(feed, 3) for feed in feeds))
    assert all([m["html"] for _, m in one] == [m["html"] for _, m in seen[0]] for one in seen)
    # Three values that differ take six questions at most, not fifty times as many.
    assert counter.asked <= 8
    assert feeds[0].watchers == 0
    await hub.close()


async def test_only_what_changed_is_sent() -> None:
    hub, counter = Hub(0.02), Counter()
    feed = hub.feed("x", [counter.part()], live=True)
    found = await messages(feed, 3)
    assert len({message["digest"] for _, message in found}) == 3
    await hub.close()


async def test_a_problem_is_told_and_taken_back() -> None:
    hub, counter = Hub(0.02), Counter()
    counter.problem = StoreProblem("away", "wait", passing=True)
    feed = hub.feed("x", [counter.part()], live=True)
    part, problem = await messages(feed, 2)
    assert part[1]["html"] == "problem: away"
    assert problem == ("problem", {"problem": "away", "remedy": "wait"})
    counter.problem = None
    version = feed.version
    while feed.problem:
        version = await feed.after(version, 5)
    assert (await messages(feed, 1))[0][1]["html"].startswith("value")
    await hub.close()


async def test_a_mistake_in_one_part_leaves_the_others() -> None:
    async def broken() -> str:
        raise KeyError("x")

    hub, counter = Hub(10), Counter()
    parts = [Part("b", broken, str), counter.part()]
    feed = hub.feed("x", parts, live=True)
    await feed.complete(5)
    assert feed.fragments["b"].html == "This cannot be shown."
    assert feed.fragments["p"].html == "value 0"
    await hub.close()


async def test_a_fixed_stretch_is_asked_for_once() -> None:
    hub, counter = Hub(0.01), Counter()
    feed = hub.feed("x", [counter.part()], live=False)
    await feed.complete(5)
    await asyncio.sleep(0.1)
    assert counter.asked == 1
    await hub.close()
