"""Rows in the background: in order, again while ClickHouse is away, never two at once."""

import threading
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from streams.score.metrics import ScoreMetrics
from streams.score.storing import Storing
from streams.store.errors import StoreError, StoreUnavailable

Wait = Callable[..., object]


class Table:
    """Takes rows, fails as told, and waits at the gate."""

    def __init__(self) -> None:
        self.rows: list[object] = []
        self.failures: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()
        self.inside = 0
        self.most_inside = 0

    def insert(self, rows: object) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            assert self.gate.wait(10)
            if self.failures:
                raise self.failures.pop(0)
            self.rows.append(rows)
        finally:
            self.inside -= 1


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def storing(table: Table) -> Storing:
    return Storing(table.insert, ScoreMetrics(CollectorRegistry()))


def test_without_rows_it_is_stored_at_once(storing: Storing) -> None:
    storing.start(None)
    assert storing.stored(0)
    assert not storing.due


def test_it_is_stored_when_the_insert_has_returned(table: Table, storing: Storing) -> None:
    table.gate.clear()
    storing.start("rows")
    assert not storing.stored(0)
    assert not storing.due
    table.gate.set()
    assert storing.stored(10)
    assert table.rows == ["rows"]


def test_while_clickhouse_is_away_it_says_so_and_tries_again(
    table: Table, storing: Storing, wait_until: Wait
) -> None:
    table.failures = [StoreUnavailable("away"), StoreUnavailable("away")]
    storing.start("rows")
    assert not storing.stored(10)
    assert storing.problem == "away"
    wait_until(lambda: storing.stored(0.05))
    assert storing.problem == ""
    assert table.rows == ["rows"]


def test_what_clickhouse_refuses_for_good_is_raised(table: Table, storing: Storing) -> None:
    table.failures = [StoreError("no such column")]
    storing.start("rows")
    with pytest.raises(StoreError, match="no such column"):
        storing.stored(10)


def test_an_abandoned_insert_ends_before_the_next_begins(table: Table, storing: Storing) -> None:
    table.gate.clear()
    storing.start("first")
    storing.abandon()
    storing.start("second")
    table.gate.set()
    assert storing.stored(10)
    assert table.rows == ["first", "second"]
    assert table.most_inside == 1
