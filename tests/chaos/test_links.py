"""What a link does to a connection, on a real echo server."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.chaos.links import HOST, Link, Links, Trouble


@pytest.fixture
def link() -> Iterator[Link]:
    server = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(connection,), daemon=True).start()

    def echo(connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(4096):
                connection.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    with Links(["way"]) as links:
        links["way"].target = server.getsockname()[1]
        yield links["way"]
    server.close()


def ask(link: Link, timeout: float = 5) -> bytes:
    with socket.create_connection((HOST, link.port), timeout) as connection:
        connection.settimeout(timeout)
        connection.sendall(b"hello")
        return connection.recv(4096)


def send_slowly(connection: socket.socket, times: int) -> None:
    for _ in range(times):
        connection.sendall(b"x" * 1000)
        time.sleep(0.01)


def test_it_passes_everything_on(link: Link) -> None:
    assert ask(link) == b"hello"


@pytest.mark.parametrize("trouble", ["cut", "lost_answers"])
def test_a_broken_connection(link: Link, trouble: Trouble) -> None:
    link.set(trouble)
    with pytest.raises(ConnectionError):
        ask(link)
    link.set("")
    assert ask(link) == b"hello"


def test_a_cut_ends_what_is_open(link: Link) -> None:
    with socket.create_connection((HOST, link.port), 5) as connection:
        connection.sendall(b"hello")
        assert connection.recv(4096) == b"hello"
        link.set("cut")
        with pytest.raises(ConnectionError):
            connection.recv(4096)


def test_silence_keeps_what_was_said_for_later(link: Link) -> None:
    link.set("silent")
    with socket.create_connection((HOST, link.port), 5) as connection:
        connection.sendall(b"hello")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(4096)
        link.set("")
        connection.settimeout(5)
        assert connection.recv(4096) == b"hello"


def test_an_error_instead_of_an_answer(link: Link) -> None:
    link.set("errors")
    assert b"X-ClickHouse-Exception-Code: 241" in ask(link)


def test_a_request_breaks_in_the_middle(link: Link) -> None:
    link.set("broken_requests")
    with socket.create_connection((HOST, link.port), 5) as connection:
        connection.sendall(b"x" * 1000)
        assert connection.recv(4096)
        with pytest.raises(ConnectionError):
            send_slowly(connection, 100)
