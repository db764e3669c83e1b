"""Traffic to test with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from streams.replay.generator import TrafficGenerator
from streams.replay.outgoing import Outgoing
from streams.replay.simulated import Simulated

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Kept:
    """A target that keeps what it gets."""

    def __init__(self) -> None:
        self.messages: list[Outgoing] = []
        self.closed = False

    def send(self, message: Outgoing) -> None:
        self.messages.append(message)

    def close(self) -> dict[str, int]:
        self.closed = True
        return {}


@pytest.fixture
def kept() -> Kept:
    return Kept()


MakeTraffic = Callable[..., TrafficGenerator]


@pytest.fixture
def traffic() -> MakeTraffic:
    """Makes small generators: 200 events per second, few scenarios."""

    def make(rate: float = 200, **options: object) -> TrafficGenerator:
        defaults = {"start": NOON, "scenarios": 120, "daily_amplitude": 0.0, "users": 500}
        return TrafficGenerator(rate, **(defaults | options))

    return make


def rows_of(generator: TrafficGenerator, count: int) -> list[Simulated]:
    """The first rows."""

    def rows() -> Iterator[Simulated]:
        for chunk in generator.chunks():
            yield from chunk.rows

    stream = rows()
    return [next(stream) for _ in range(count)]
