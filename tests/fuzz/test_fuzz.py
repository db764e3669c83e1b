"""A few hundred bad inputs for every reader; ``python -m tests.fuzz`` takes thousands."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from schemas.signals import Signal
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.health import HealthServer
from streams.settings import ClickHouseSettings
from streams.store.setup import connect_by, prepare_store
from streams.store.signals import ensure_signal_columns
from tests.dashboards.site import serving
from tests.fuzz import contracts, files, http_inputs
from tests.fuzz.inputs import Make, changed_bytes
from tests.fuzz.run import fuzz

TARGETS: dict[str, tuple[Make, Callable[[Any], None]]] = {
    **contracts.targets(),
    **files.targets(),
    **http_inputs.targets(),
}


def taken(name: str, make: Make, target: Callable[[Any], None], inputs: int) -> None:
    found = list(fuzz(name, make, target, inputs=inputs))
    assert not found, f"{len(found)} findings; the first: {found[0].problem}\n{found[0].value!r}"


@pytest.mark.parametrize("name", TARGETS)
def test_bad_input_is_refused(name: str) -> None:
    taken(name, *TARGETS[name], inputs=200)


def test_the_embedded_store_answers_whatever_it_is_asked(clickhouse: EmbeddedClickHouse) -> None:
    target = http_inputs.store(clickhouse.port)
    taken("store", changed_bytes(http_inputs.STORE), target, inputs=200)


@pytest.fixture
def page(clickhouse: EmbeddedClickHouse, tmp_path: Path) -> Iterator[int]:
    settings = ClickHouseSettings(url=clickhouse.url, database="fuzzed")
    prepare_store(settings)
    latency = Signal(name="latency", kind="amount", unit="s", description="Latency.")
    ensure_signal_columns(connect_by(settings), [latency])
    with serving(clickhouse.url, "fuzzed", tmp_path) as url:
        yield int(url.rpartition(":")[2])


def test_the_page_answers_whatever_it_is_asked(page: int) -> None:
    taken("page", changed_bytes(http_inputs.PAGE), http_inputs.page(page), inputs=150)


def test_health_answers_whatever_it_is_asked() -> None:
    server = HealthServer("127.0.0.1", 0, CollectorRegistry(), ready=lambda: "", alive=lambda: "")
    try:
        target = http_inputs.health(server.port)
        taken("health", changed_bytes(http_inputs.HEALTH), target, inputs=200)
    finally:
        server.close()
