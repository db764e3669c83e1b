"""Schedules drawn from a seed, and what they leave out so as to be worked off."""

import random
from collections.abc import Callable
from typing import cast

from msgspec import Struct

from tests.chaos.actions import Action, Kind

_FIRST = 3.0
"""Seconds after the first event when the first action may come: something must be at work."""


class Amounts(Struct, frozen=True, kw_only=True):
    """How much of what a schedule holds; ``kills`` are of score, watch, sink and notify, each."""

    kills: int = 0
    rebalances: int = 0
    broker_restarts: int = 0
    broker_freezes: int = 0
    clickhouse_kills: int = 0
    clickhouse_away: float = 0.0
    freezes: int = 0
    twins: int = 0
    network: int = 0
    inserts: int = 0
    clocks: int = 0
    receiver: int = 0


def amounts_for(seconds: float, density: float = 1.0) -> Amounts:
    """A bit of everything in a run that long; ``density`` times as much as by default."""
    minutes = density * seconds / 60
    some = max(1, round(minutes))
    return Amounts(
        kills=max(1, round(1.5 * minutes)),
        rebalances=some,
        broker_restarts=round(minutes / 2 + 0.1),
        broker_freezes=round(minutes / 2),
        clickhouse_kills=some,
        clickhouse_away=8.0,
        freezes=some,
        twins=round(minutes / 2),
        network=max(1, round(2 * minutes)),
        inserts=max(1, round(2 * minutes)),
        clocks=round(minutes / 2),
        receiver=round(minutes / 2 + 0.1),
    )


def draw_schedule(seed: int, seconds: float, amounts: Amounts, workers: int = 2) -> list[Action]:
    """Actions over the time that events are sent; the same for the same arguments."""
    rng = random.Random(f"schedule-{seed}")
    drawing = _Drawing(rng, seconds, workers)
    if amounts.clickhouse_away:
        drawing.add("freeze" if rng.random() < 0.3 else "kill", lambda: "clickhouse", 1,
                    lambda: amounts.clickhouse_away)  # fmt: skip
    broker = lambda: "kafka"  # noqa: E731
    drawing.add("kill", broker, amounts.broker_restarts, lambda: rng.uniform(0, 3))
    drawing.add("freeze", broker, amounts.broker_freezes, lambda: rng.choice([4.0, 13.0]))
    drawing.add("kill", lambda: "clickhouse", amounts.clickhouse_kills, lambda: rng.uniform(1, 5))
    drawing.add("add", drawing.spare, amounts.rebalances, lambda: rng.uniform(12, 20))
    for draw in (
        *(drawing.worker("score"), drawing.worker("watch")),
        *(lambda: "sink-0", lambda: "notify-0"),
    ):
        drawing.add("kill", draw, amounts.kills, drawing.pause)
    drawing.add("freeze", drawing.worker(), amounts.freezes, lambda: rng.choice([3.0, 12.0, 16.0]))
    drawing.add("twin", drawing.worker(), amounts.twins, lambda: rng.uniform(3, 12))
    for _ in range(amounts.network):
        kind = cast(Kind, rng.choice(["cut", "silent", "slow", "lost_answers"]))
        drawing.add(kind, drawing.way("kafka"), 1, lambda: rng.uniform(2, 14))
    for _ in range(amounts.inserts):
        kind = cast(Kind, rng.choice(["errors", "lost_answers", "broken_requests", "slow", "cut"]))
        drawing.add(kind, drawing.way("clickhouse"), 1, lambda: rng.uniform(2, 8))
    drawing.add("clock", drawing.worker("score"), amounts.clocks, lambda: -rng.uniform(2, 12))
    drawing.add("receiver_away", lambda: "receiver", amounts.receiver, lambda: rng.uniform(5, 15))
    return sorted(drawing.actions, key=lambda action: action.at)


class _Drawing:
    """Places actions evenly spread, never two at once on one target."""

    def __init__(self, rng: random.Random, seconds: float, workers: int) -> None:
        self.rng = rng
        self.seconds = seconds
        self.workers = workers
        self.actions: list[Action] = []
        self._taken: dict[str, list[tuple[float, float]]] = {}

    def add(
        self, kind: Kind, target: Callable[[], str], count: int, length: Callable[[], float]
    ) -> None:
        span = max(self.seconds - _FIRST, 1.0)
        for number in range(count):
            for _ in range(50):
                name, lasts = target(), length()
                at = _FIRST + span * (number + self.rng.random()) / count
                until = at + abs(lasts) + 1.0
                places = self._places(kind, name)
                if all(self._free(place, at, until) for place in places):
                    for place in places:
                        self._taken.setdefault(place, []).append((at, until))
                    self.actions.append(
                        Action(at=round(at, 2), kind=kind, target=name, seconds=round(lasts, 2))
                    )
                    break

    def _places(self, kind: Kind, name: str) -> tuple[str, ...]:
        # A server that is away makes the ways to it moot; a process and its ways are two places.
        return (name,) if kind != "clock" else (f"clock {name}",)

    def _free(self, place: str, at: float, until: float) -> bool:
        return all(until < begin or end < at for begin, end in self._taken.get(place, ()))

    def pause(self) -> float:
        return self.rng.choice([0.0, self.rng.uniform(0, 2), self.rng.uniform(0, 2)])

    def worker(self, kind: str = "") -> Callable[[], str]:
        def draw() -> str:
            chosen = kind or self.rng.choice(["score", "watch"])
            return f"{chosen}-{self.rng.randrange(self.workers)}"

        return draw

    def spare(self) -> str:
        return f"{self.rng.choice(['score', 'watch'])}-{self.workers}"

    def way(self, server: str) -> Callable[[], str]:
        def draw() -> str:
            kinds = ["score", "watch", "sink"] if server == "kafka" else ["score", "sink"]
            kind = self.rng.choice(kinds)
            number = 0 if kind == "sink" else self.rng.randrange(self.workers)
            return f"{server}:{kind}-{number}"

        return draw
