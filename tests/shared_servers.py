"""Servers that all of pytest's workers share: one each would cost a minute of processor time."""

import json
import shutil
import time
from contextlib import ExitStack
from logging import WARNING
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Final, TypeVar

import psutil
import structlog

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.server import EmbeddedServer

S = TypeVar("S", bound=EmbeddedServer)

_KINDS: Final[tuple[type[EmbeddedServer], ...]] = (EmbeddedKafka, EmbeddedClickHouse)
_PAUSE: Final = 0.1


class SharedServers:
    """Starts each server when a worker first asks for it; for who starts the workers."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="tidewatch-tests-"))
        self._ended = Event()
        # "ready" belongs to no test's output.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNING))
        self._running = ExitStack()
        self._threads = [Thread(target=self._serve, args=(kind,)) for kind in _KINDS]
        for thread in self._threads:
            thread.start()

    def _serve(self, kind: type[EmbeddedServer]) -> None:
        while not (self.folder / f"{kind.name}.wanted").exists():
            if self._ended.wait(_PAUSE):
                return
        server = kind(self.folder / kind.name)
        self._running.callback(server.stop)
        told: dict[str, object]
        try:
            server.start()
            told = {"port": server.port}
        except Exception as error:
            told = {"error": str(error)}
        (self.folder / f"{kind.name}.new").write_text(json.dumps(told))
        (self.folder / f"{kind.name}.new").rename(self.folder / f"{kind.name}.told")

    def stop(self) -> None:
        """Stop what runs."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._running.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def shared(kind: type[S], folder: Path) -> S:
    """The server of this kind that is shared by those who know ``folder``."""
    (folder / f"{kind.name}.wanted").touch()
    told = folder / f"{kind.name}.told"
    while not told.exists():
        time.sleep(_PAUSE)
    found = json.loads(told.read_text())
    if "error" in found:
        raise RuntimeError(found["error"])
    server = kind(folder / kind.name)
    server._ports = {"server": found["port"]}
    return server


def serving(server: EmbeddedServer) -> psutil.Process:
    """The process that listens at the server's port."""
    (pid,) = {
        found.pid
        for found in psutil.net_connections("inet")
        if found.status == psutil.CONN_LISTEN and found.laddr.port == server.port
    }
    return psutil.Process(pid)
