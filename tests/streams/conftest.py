"""Real places that alerts are delivered to: an Alertmanager, and an HTTP server that remembers."""

import os
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from clickhouse_connect.driver.client import Client

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.ports import free_port
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate

_BINARIES = ("prometheus-alertmanager", "alertmanager")
_CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def wait_until(condition: Callable[[], Any], seconds: float = 240.0) -> Any:
    """The first true result of ``condition``; by then even a crowded machine has it."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(pause)
        # Asking Kafka costs what is waited for processor time: the longer it takes, the rarer.
        pause = min(0.3, 1.2 * pause)
    return result


class Alertmanager:
    """An Alertmanager on 127.0.0.1 that notifies nobody; it can be stopped and started empty."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        storage = self._folder / f"data-{time.monotonic_ns()}"
        config = self._folder / "alertmanager.yml"
        config.write_text(_CONFIG)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._binary,
                    f"--config.file={config}",
                    f"--storage.path={storage}",
                    f"--web.listen-address=127.0.0.1:{self._port}",
                    "--cluster.listen-address=",
                ],
                stdout=log,
                stderr=log,
            )
        wait_until(self._ready)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def alerts(self) -> list[dict[str, Any]]:
        """What fires: GET /api/v2/alerts leaves out what is resolved."""
        return httpx.get(f"{self.url}/api/v2/alerts").raise_for_status().json()

    def _ready(self) -> bool:
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            return httpx.get(f"{self.url}/-/ready").is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    binary = next(filter(None, map(shutil.which, _BINARIES)), None)
    if binary is None:
        problem = "no Alertmanager on this machine: run `make system-packages`"
        if os.environ.get("CI"):
            raise RuntimeError(problem)
        pytest.skip(problem)
    server = Alertmanager(binary, tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """An HTTP server that remembers requests and answers as told (200 without being told)."""

    port: int = field(default_factory=free_port)
    requests: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    seconds_to_answer: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def up(self) -> Iterator["HttpReceiver"]:
        """While it listens."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append(Received(self.path, headers, body))
                time.sleep(receiver.seconds_to_answer)
                answers = receiver.answers
                status, extra, answer = answers.pop(0) if answers else (200, {}, b"")
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Requests are remembered instead."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture
def http_receiver() -> Iterator[HttpReceiver]:
    """A running one."""
    with HttpReceiver().up() as server:
        yield server


@pytest.fixture
def absent_receiver() -> HttpReceiver:
    """One that does not listen yet."""
    return HttpReceiver()


@pytest.fixture(name="wait_until")
def _wait_until() -> Callable[..., Any]:
    return wait_until


@pytest.fixture
def empty_database(clickhouse: EmbeddedClickHouse) -> Iterator[Callable[[], Client]]:
    """Gives clients of a new database without tables."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server = connect(clickhouse.url)
    create_database(server, name)
    clients: list[Client] = []

    def client() -> Client:
        clients.append(connect(clickhouse.url, database=name))
        return clients[-1]

    yield client
    for each in clients:
        each.close()
    server.command(f"DROP DATABASE {name}")
    server.close()


@pytest.fixture
def database(empty_database: Callable[[], Client]) -> Client:
    """A client of a new database with all tables."""
    client = empty_database()
    migrate(client)
    return client
