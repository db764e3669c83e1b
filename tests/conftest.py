"""Real servers for every test that talks to Kafka or ClickHouse, started once a run."""

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.server import EmbeddedServer
from tests.shared_servers import SharedServers, shared

S = TypeVar("S", bound=EmbeddedServer)

_SHARED = pytest.StashKey[SharedServers]()

# The first call of a compiled loop takes seconds, and no test is about speed.
settings.register_profile("tidewatch", deadline=None)
settings.load_profile("tidewatch")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What is imported stays: looking through it for garbage took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need servers begin: they wait much, others compute meanwhile."""
    items.sort(key=lambda item: "kafka" not in getattr(item, "fixturenames", ()))


class ByData(LoadFileScheduling):
    """Files go to workers; those that show the same stored events all go to one.

    Scoring and storing those events takes as long as most of these tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "stored" if file.startswith(("tests/analysts/", "tests/dashboards/")) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByData | None:
    """In place of ``--dist loadfile``."""
    return ByData(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before each worker of xdist starts."""
    if _SHARED not in node.config.stash:
        node.config.stash[_SHARED] = SharedServers()
    node.workerinput["servers"] = str(node.config.stash[_SHARED].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """When all is over."""
    if _SHARED in config.stash:
        config.stash[_SHARED].stop()


@contextmanager
def _server(kind: type[S], request: pytest.FixtureRequest) -> Iterator[S]:
    """The workers' common server, or without workers one of our own."""
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput is not None:
        yield shared(kind, Path(workerinput["servers"]))
    else:
        folders: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        with kind(folders.mktemp(kind.name)) as server:
            yield server


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[EmbeddedKafka]:
    """A running embedded Kafka; take topic names and group ids of your own."""
    with _server(EmbeddedKafka, request) as server:
        yield server


@pytest.fixture(scope="session")
def clickhouse(request: pytest.FixtureRequest) -> Iterator[EmbeddedClickHouse]:
    """A running embedded ClickHouse; make a database of your own."""
    with _server(EmbeddedClickHouse, request) as server:
        yield server
