"""Calls end in time against servers that never do."""

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from streams.http_client import HttpClient, body_of
from streams.outbound import Networks, RefusedAddress
from tests.streams.conftest import HttpReceiver

LOOPBACK = Networks.parse("private")
Drip = Callable[[bytes], str]


@pytest.fixture
def drip() -> Iterator[Drip]:
    """Serves one connection: what it is given, then a byte after the other, for ever."""
    ended = threading.Event()
    threads = []

    def begin(first: bytes) -> str:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with server, server.accept()[0] as connection:
                connection.recv(65_536)
                try:
                    connection.sendall(first)
                    while not ended.wait(0.01):
                        connection.sendall(b"a")
                except OSError:
                    pass  # the client has gone

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield begin
    ended.set()
    for thread in threads:
        thread.join()


async def _body(response: httpx.Response) -> bytes:
    return await body_of(response, 10**9)


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
    ],
)
def test_an_answer_that_drips_is_given_up(drip: Drip, first: bytes) -> None:
    client = HttpClient(LOOPBACK, timeout_seconds=0.3)
    with pytest.raises(httpx.HTTPError):
        client.call("GET", drip(first), {}, _body)


def test_a_body_that_never_ends_is_cut_off(drip: Drip) -> None:
    async def beginning(response: httpx.Response) -> bytes:
        return await body_of(response, 5)

    url = drip(b"HTTP/1.1 200 OK\r\n\r\n")
    assert HttpClient(LOOPBACK, timeout_seconds=30).call("GET", url, {}, beginning)[:6] == b"aaaaaa"


def test_any_number_of_calls_follow_each_other(http_receiver: HttpReceiver) -> None:
    client = HttpClient(LOOPBACK, timeout_seconds=10)
    for _ in range(3):
        assert client.call("POST", http_receiver.url, {}, _body, body=b"{}") == b""
    assert [each.body for each in http_receiver.requests] == [b"{}"] * 3


def test_a_name_of_several_addresses_is_refused(
    http_receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", http_receiver.port))
        for n in (1, 2)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: two)
    client = HttpClient(Networks(), timeout_seconds=10)
    with pytest.raises(RefusedAddress, match=r"127\.0\.0\.1 is a loopback address"):
        client.call("GET", "http://named.example/", {}, _body)
    assert http_receiver.requests == []
