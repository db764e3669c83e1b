"""The HTTP interface itself: addresses, headers, compression, and requests that are no good."""

import gzip
import json
import os
import socket
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import lz4.frame
import pytest
import zstandard

from streams.embedded.clickhouse import EmbeddedClickHouse

COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
DECOMPRESS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "lz4": lz4.frame.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.fixture
def http(clickhouse: EmbeddedClickHouse) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=clickhouse.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def table(http: httpx.Client) -> Iterator[str]:
    """Name of an empty table of numbers and texts."""
    name = f"t_{uuid.uuid4().hex}"
    http.post("/", content=f"CREATE TABLE {name} (n UInt64, s String) ENGINE = Memory")
    yield name
    http.post("/", content=f"DROP TABLE {name}")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedClickHouse]:
    """A server that takes bodies of one megabyte at most."""
    folder = tmp_path_factory.mktemp("strict")
    with EmbeddedClickHouse(folder, max_body_bytes=1_000_000) as server:
        yield server


def exchange(server: EmbeddedClickHouse, sent: bytes, seconds: float = 10) -> bytes:
    """Bytes that come back for bytes sent, until the server closes or falls silent."""
    received = b""
    with socket.create_connection((server.host, server.port), timeout=seconds) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            received += piece
    return received


def count(http: httpx.Client, table: str) -> int:
    return int(http.post("/", content=f"SELECT count() FROM {table}").text)


def test_ping(http: httpx.Client) -> None:
    assert http.get("/ping").text == "Ok.\n"
    assert http.get("/").text == "Ok.\n"
    assert http.get("/nothing").status_code == 404
    assert http.request("DELETE", "/").status_code == 405


def test_statement_in_address_body_or_both(http: httpx.Client) -> None:
    assert http.get("/", params={"query": "SELECT 1"}).text == "1\n"
    assert http.post("/", params={"query": "SELECT 2"}).text == "2\n"
    assert http.post("/", content="SELECT 3 -- end").text == "3\n"
    assert http.post("/", params={"query": "SELECT"}, content="4").text == "4\n"


def test_headers(http: httpx.Client) -> None:
    answer = http.post(
        "/",
        params={"query_id": "mine", "default_format": "JSON"},
        content="SELECT number FROM numbers(3)",
    )
    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["X-ClickHouse-Timezone"]
    assert answer.headers["X-ClickHouse-Server-Display-Name"]
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["read_rows"] == "3"
    assert answer.json()["data"] == [{"number": 0}, {"number": 1}, {"number": 2}]


def test_database_and_format_in_headers(http: httpx.Client) -> None:
    headers = {"X-ClickHouse-Database": "system", "X-ClickHouse-Format": "CSV"}
    answer = http.post("/", content="SELECT currentDatabase()", headers=headers)
    assert answer.text == '"system"\n'
    assert http.post("/", params={"database": "nowhere"}, content="SELECT 1").status_code == 404


def test_get_reads_only(http: httpx.Client, table: str) -> None:
    answer = http.get("/", params={"query": f"INSERT INTO {table} VALUES (1, 'x')"})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "164"
    assert count(http, table) == 0


def test_parameters_in_the_address(http: httpx.Client) -> None:
    answer = http.post("/", params={"query": "SELECT {a:UInt8} + {b:UInt8}", "param_a": "1"})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "456"
    answer = http.post(
        "/", params={"query": "SELECT {a:UInt8} + {b:UInt8}", "param_a": "1", "param_b": "2"}
    )
    assert answer.text == "3\n"


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("rows", [1, 200_000])
def test_compressed_answers(http: httpx.Client, encoding: str, rows: int) -> None:
    query = {"query": f"SELECT number FROM numbers({rows})", "enable_http_compression": "1"}
    headers = {"Accept-Encoding": f"br, {encoding}"}
    with http.stream("POST", "/", params=query, headers=headers) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        raw = b"".join(answer.iter_raw())
    assert DECOMPRESS[encoding](raw) == b"".join(b"%d\n" % n for n in range(rows))


def test_answers_are_plain_unless_asked(http: httpx.Client) -> None:
    answer = http.post("/", content="SELECT 1", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("encoding", COMPRESS)
def test_compressed_requests(http: httpx.Client, table: str, encoding: str) -> None:
    rows = b"".join(b"%d\ttext %d\n" % (n, n) for n in range(50_000))
    body = COMPRESS[encoding](rows[:1000]) + COMPRESS[encoding](rows[1000:])
    answer = http.post(
        "/",
        params={"query": f"INSERT INTO {table} FORMAT TabSeparated"},
        content=body,
        headers={"Content-Encoding": encoding},
    )
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "50000"
    assert count(http, table) == 50_000


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("damage", ["cut short", "garbage"])
def test_damaged_compressed_requests(
    http: httpx.Client, table: str, encoding: str, damage: str
) -> None:
    body = COMPRESS[encoding](b"".join(b"%d\tx\n" % n for n in range(50_000)))
    body = body[: len(body) // 2] if damage == "cut short" else os.urandom(5000)
    answer = http.post(
        "/",
        params={"query": f"INSERT INTO {table} FORMAT TabSeparated"},
        content=body,
        headers={"Content-Encoding": encoding},
    )
    assert answer.status_code == 400
    assert answer.headers["X-ClickHouse-Exception-Code"] == "33"
    assert "request body" in answer.text
    assert count(http, table) == 0


def test_unknown_encoding_says_which_are_known(http: httpx.Client) -> None:
    answer = http.post("/", content=b"x", headers={"Content-Encoding": "br"})
    assert answer.status_code == 400
    assert "gzip, deflate, lz4, zstd" in answer.text


def test_block_compression_says_what_to_use_instead(http: httpx.Client) -> None:
    answer = http.post("/", params={"query": "SELECT 1", "compress": "1"})
    assert answer.status_code == 501
    assert "Accept-Encoding" in answer.text


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_body_is_refused(strict: EmbeddedClickHouse, chunked: bool) -> None:
    body = b"SELECT '" + b"x" * 2_000_000 + b"'"
    content = iter([body[:1000], body[1000:]]) if chunked else body
    answer = httpx.post(strict.url, content=content)
    assert answer.status_code == 413
    assert "1000000 bytes" in answer.text
    assert answer.headers["X-ClickHouse-Exception-Code"] == "307"
    assert httpx.post(strict.url, content="SELECT 1").text == "1\n"


@pytest.mark.parametrize("encoding", COMPRESS)
def test_decompression_bomb_is_refused(strict: EmbeddedClickHouse, encoding: str) -> None:
    bomb = COMPRESS[encoding](bytes(500_000_000))
    assert len(bomb) < 3_000_000
    answer = httpx.post(strict.url, content=bomb, headers={"Content-Encoding": encoding})
    assert answer.status_code == 413
    assert httpx.post(strict.url, content="SELECT 1").text == "1\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["tls", "words", "header", "length", "chunks", "address"],
)
def test_bad_http_is_answered_with_400(clickhouse: EmbeddedClickHouse, sent: bytes) -> None:
    try:
        assert exchange(clickhouse, sent).startswith(b"HTTP/1.1 400")
    except OSError:
        # Refused before all of it was read: what was written back may be lost with the rest.
        assert len(sent) > 1_000_000
    assert httpx.post(clickhouse.url, content="SELECT 1").text == "1\n"


def test_insert_whose_connection_breaks_is_not_made(
    clickhouse: EmbeddedClickHouse, http: httpx.Client, table: str
) -> None:
    head = f"POST /?query=INSERT+INTO+{table}+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\n"
    exchange(clickhouse, f"{head}Content-Length: 1000\r\n\r\n1\ta\n2\tb\n".encode())
    assert count(http, table) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"query": "SELECT 1", "session_timeout": "soon"},
        {"query": "SELECT 1", "client_protocol_version": "new"},
        {"query": "SELECT 1", "max threads; DROP": "1"},
        {"query": "SELECT 1", "max_threads": "many'"},
        {"query": "SELECT 1", "database": "no`such"},
        {"query": ""},
        {"query": "SELECT 'open"},
        {"query": "/* open"},
        {"query": "INSERT INTO missing FORMAT CSV\n1"},
        {"query": "INSERT INTO FUNCTION null('n Int8') FORMAT NoSuchFormat\n1"},
    ],
)
def test_bad_requests_get_an_error_and_not_a_traceback(
    http: httpx.Client, params: dict[str, str]
) -> None:
    answer = http.post("/", params=params)
    assert 400 <= answer.status_code <= 500
    assert int(answer.headers["X-ClickHouse-Exception-Code"]) > 0
    assert answer.text.startswith("Code: ")


def test_bytes_that_are_no_text_are_refused(http: httpx.Client) -> None:
    answer = http.post("/", content=b"SELECT '\xff\xfe'")
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


def test_pages_in_a_browser_are_refused(http: httpx.Client) -> None:
    for headers in (
        {"Origin": "http://example.org"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "rebound.example.org"},
    ):
        assert http.post("/", content="SELECT 1", headers=headers).status_code == 403
    assert http.post("/", content="SELECT 1", headers={"Sec-Fetch-Site": "none"}).text == "1\n"


def test_error_within_an_answer_leaves_it_without_end(http: httpx.Client) -> None:
    query = "SELECT throwIf(number = 3000000) FROM numbers(9000000) SETTINGS max_threads = 1"
    received = bytearray()
    with http.stream("POST", "/", content=query) as answer:
        pieces = map(received.extend, answer.iter_raw())
        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)
    tag = answer.headers["X-ClickHouse-Exception-Tag"].encode()
    assert b"\r\n__exception__\r\n" + tag + b"\r\nCode: 395. " in received
    assert received.endswith(tag + b"\r\n__exception__\r\n")


def test_query_ends_when_its_client_goes_away(http: httpx.Client) -> None:
    mark = uuid.uuid4().hex
    slow = f"SELECT '{mark}', sum(cityHash64(number)) FROM numbers(1e13)"
    with pytest.raises(httpx.ReadTimeout):
        http.post("/", content=slow, timeout=1)
    running = f"SELECT count() FROM system.processes WHERE query LIKE '%{mark[:16]}%{mark[16:]}%'"
    running += " AND query NOT LIKE '%system.processes%'"
    deadline = time.monotonic() + 20
    while http.post("/", content=running).text != "0\n":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_incoming_files_do_not_stay(clickhouse: EmbeddedClickHouse, http: httpx.Client) -> None:
    http.post("/", content=b"INSERT INTO missing FORMAT CSV\n" + b"1\n" * 1000)
    # Other tests' requests have theirs beside it, for as long as they last.
    seen = list((Path(clickhouse.data_dir) / "incoming").iterdir())
    deadline = time.monotonic() + 60
    while stays := [each for each in seen if each.exists()]:
        assert time.monotonic() < deadline, stays
        time.sleep(0.05)
