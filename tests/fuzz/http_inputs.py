"""Targets that speak HTTP: the embedded store, the page, and what processes tell of themselves."""

import gzip
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lz4.frame  # type: ignore[import-untyped]
import zstandard

from streams.embedded.engine import QueryError
from streams.embedded.http_body import BodyError, RequestBody
from streams.embedded.http_query import read_query
from streams.embedded.sql_text import first_word, insert_head, is_several, output_format
from tests.fuzz.inputs import Make, changed_bytes, either, text

_ANSWER_BYTES = 4_000_000
_SECONDS = 20.0
_SQL = (
    b"SELECT 1 FORMAT JSON",
    b"INSERT INTO t (a, b) FORMAT CSV\n1,2\n",
    b"INSERT INTO t SETTINGS x = 1 FORMAT TSV\n1\t2\n",
    b"WITH 'FORMAT x' AS a SELECT a, $tag$;$tag$ -- comment; \n; SELECT 2",
    b'SELECT `a``b`, "c""d", \'e\\\'f\' /* ; */ FROM (SELECT 1) FORMAT Native',
)
_FORM = (
    b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nSELECT {x:UInt8}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="param_x"\r\n\r\n7\r\n--b--\r\n'
)


def _request(line: str, body: bytes = b"", **headers: str) -> bytes:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        names["Content-Length"] = str(len(body))
    told = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    return f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{told}\r\n".encode() + body


STORE = (
    _request("GET /?query=SELECT+1&max_execution_time=2"),
    _request("GET /ping"),
    _request("POST /?max_execution_time=2&param_x=7", b"SELECT {x:UInt8} FORMAT JSON"),
    _request(
        "POST /?query=INSERT+INTO+nothing+FORMAT+CSV", gzip.compress(b"1,2\n"),
        Content_Encoding="gzip",
    ),
    _request("POST /", lz4.frame.compress(_SQL[0]), Content_Encoding="lz4"),
    _request("POST /", zstandard.compress(_SQL[3]), Content_Encoding="zstd"),
    _request("POST /", _FORM, Content_Type="multipart/form-data; boundary=b"),
    _request(
        "POST /?session_id=s&session_timeout=1&database=default", _SQL[4],
        Accept_Encoding="gzip, lz4;q=0.5",
    ),
    _request("GET /?client_protocol_version=54460&default_format=Native&query=SELECT+1"),
)  # fmt: skip
PAGE = (
    _request("GET /", Accept="text/html"),
    _request("GET /?range=1h&application=shop&from=1772442000000&to=1772445600000"),
    _request("GET /objectives?application=shop"),
    _request("GET /releases?range=1d&application=a&application=b"),
    _request("GET /events?text=x&signal=latency&operator=ge&value=1&status=ok&before=1,e"),
    _request('GET /events?segment={"service_name":"shop"}'),
    _request("GET /events/event-1"),
    _request("GET /alerts?state=firing"),
    _request("GET /alerts/0123456789abcdef"),
    _request("GET /dead-letters"),
    _request("GET /static/page.css"),
    _request("GET /static/..%2f..%2f..%2fetc/passwd"),
    _request("GET /health/ready"),
    _request(
        "POST /monitors", b"file=objectives.yaml&text=apiVersion%3A+openslo%2Fv1",
        Content_Type="application/x-www-form-urlencoded",
    ),
    _request(
        "POST /sign-in", b"token=x&next=%2F%2Fevil.example",
        Content_Type="application/x-www-form-urlencoded",
    ),
)  # fmt: skip
HEALTH = (
    _request("GET /metrics"),
    _request("GET /health/ready"),
    _request("GET /health/live?x=1", Accept="*/*"),
    _request("POST /metrics", b"x"),
)


def ask(port: int, request: bytes) -> bytes:
    """What a server on this machine answers to these bytes, until it closes."""
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while len(answer) < _ANSWER_BYTES and (part := connection.recv(65536)):
                answer += part
        except (ConnectionError, BrokenPipeError):
            pass  # it may close before it has read everything
    return bytes(answer)


def store(port: int) -> Callable[[bytes], None]:
    """The embedded store: it answers or refuses, and its own code never fails."""

    def target(request: bytes) -> None:
        answer = ask(port, request)
        assert not answer or answer.startswith(b"HTTP/1.1 "), answer[:200]
        # What our code did not expect is told as this error.
        assert b"Code: 49. DB::Exception" not in answer, answer[-500:]
        assert ask(port, STORE[1]).endswith(b"Ok.\n")

    return target


def page(port: int) -> Callable[[bytes], None]:
    """The page: no failure of its own, and its rules for the browser with every answer."""

    def target(request: bytes) -> None:
        answer = ask(port, request)
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head:
            return
        status = int(head.split(b" ", 2)[1])
        assert status < 500 or status == 503, answer[:500]
        # uvicorn itself answers to what is no HTTP.
        if status != 400 or b"Invalid HTTP" not in body:
            assert b"content-security-policy:" in head.lower(), head
        assert b"root:x:0" not in body

    return target


def health(port: int) -> Callable[[bytes], None]:
    """Health and metrics: it goes on whatever it is asked."""

    def target(request: bytes) -> None:
        answer = ask(port, request)
        assert b" 500 " not in answer[:40], answer[:200]
        assert ask(port, HEALTH[1]).startswith(b"HTTP/1.0 ")

    return target


# Without a server


def body(case: tuple[str, bytes]) -> None:
    """A request's body in any encoding: unfolded within its limit, or refused."""
    encoding, data = case
    with TemporaryDirectory() as folder:
        try:
            found = RequestBody(encoding, 100_000, Path(folder))
        except BodyError:
            return
        try:
            found.write(data)
            found.finish()
            assert len(found.read_piece()) <= 100_000
        except BodyError:
            pass
        finally:
            found.close()


def statement(sql: str) -> None:
    """A statement's text."""
    first_word(sql)
    is_several(sql)
    output_format(sql)
    head = insert_head(sql.encode())
    assert head is None or 0 <= head.length <= len(sql.encode())


def query(data: bytes) -> None:
    """The URL of a query: understood or refused."""
    scope = {"method": "POST", "query_string": data.replace(b"\n", b"")}
    with TemporaryDirectory() as folder:
        found = RequestBody("", 1_000, Path(folder))
        found.finish()
        try:
            read_query(scope, {"content-type": data.decode("latin-1")[:50]}, found)
        except (QueryError, BodyError):
            pass
        finally:
            found.close()


def _bodies() -> Make:
    bomb = bytes(3_000_000)
    packed: dict[str, tuple[bytes, ...]] = {
        "gzip": (gzip.compress(_SQL[0]), gzip.compress(bomb)),
        "lz4": (lz4.frame.compress(_SQL[0]), lz4.frame.compress(bomb)),
        "zstd": (zstandard.compress(_SQL[0]), zstandard.compress(bomb)),
        "deflate": (b"x\x9c\x03\x00\x00\x00\x00\x01",),
    }

    def of(encoding: str, seeds: tuple[bytes, ...]) -> Make:
        make = changed_bytes(seeds)
        return lambda rng: (encoding, make(rng))

    return either(*(of(encoding, seeds) for encoding, seeds in packed.items()))


def targets() -> dict[str, tuple[Make, Callable[[Any], None]]]:
    """Inputs and target, by name, of what needs no server."""
    urls = [
        b"query=SELECT+1&param_x=7&session_id=s&session_timeout=60&database=d&default_format=CSV"
    ]
    return {
        "bodies": (_bodies(), body),
        "statements": (text(changed_bytes(_SQL)), statement),
        "queries": (changed_bytes(urls), query),
    }
