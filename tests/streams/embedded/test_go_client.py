"""clickhouse-go, the client in Grafana's ClickHouse plugin, against the embedded ClickHouse."""

import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from streams.embedded.clickhouse import EmbeddedClickHouse

SOURCE = Path(__file__).resolve().parents[2] / "go" / "clickhouse_client"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, built from ``tests/go/clickhouse_client``."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("needs the Go toolchain: the program go is not on the path")
    fetched = subprocess.run(
        [go, "mod", "download"], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if fetched.returncode != 0:
        pytest.skip(f"cannot fetch clickhouse-go: {fetched.stderr[-300:]}")
    target = tmp_path_factory.mktemp("go") / "clickhouse_client"
    subprocess.run([go, "build", "-o", str(target), "."], cwd=SOURCE, check=True)
    return target


def run(
    program: Path, server: EmbeddedClickHouse, *queries: str, compress: str = "none"
) -> list[Any]:
    command = [program, "-compress", compress, f"{server.host}:{server.port}", *queries]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("compress", ["none", "gzip", "deflate"])
def test_rows_of_many_types(program: Path, clickhouse: EmbeddedClickHouse, compress: str) -> None:
    query = """
        SELECT number, toString(number), nullIf(number, 1), toLowCardinality('x'), [number],
               map('k', number), toDateTime64(1.5, 3, 'UTC'), toDecimal64(1.25, 2), number / 4,
               toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), true
        FROM numbers(2)
    """
    at, decimal, identity = "1970-01-01T00:00:01.5Z", "1.25", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"
    assert run(program, clickhouse, query, compress=compress) == [
        [0, "0", 0, "x", [0], {"k": 0}, at, decimal, 0, identity, True],
        [1, "1", None, "x", [1], {"k": 1}, at, decimal, 0.25, identity, True],
    ]


def test_many_blocks(program: Path, clickhouse: EmbeddedClickHouse) -> None:
    query = "SELECT number, toString(number) FROM numbers(200000)"
    rows = run(program, clickhouse, query, compress="gzip")
    assert rows == [[n, str(n)] for n in range(200_000)]


def test_statements_that_grafana_sends(program: Path, clickhouse: EmbeddedClickHouse) -> None:
    assert run(program, clickhouse, "SHOW DATABASES")
    assert run(program, clickhouse, "SELECT name FROM system.tables WHERE database = 'system'")
    assert run(program, clickhouse, "SELECT 1 WHERE 0") == []


def test_insert(program: Path, clickhouse: EmbeddedClickHouse) -> None:
    table = f"go_{uuid.uuid4().hex}"
    rows = run(
        program,
        clickhouse,
        f"CREATE TABLE {table} (n UInt64, s String) ENGINE = Memory",
        f"INSERT INTO {table}",
        f"SELECT * FROM {table} ORDER BY n",
        f"DROP TABLE {table}",
        compress="gzip",
    )
    assert rows == [[1, "a"], [2, "b"], [3, "c"]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM missing", "code: 60"),
        (
            "SELECT throwIf(number = 3000000, 'too far') FROM numbers(9000000)"
            " SETTINGS max_threads = 1",
            "too far",
        ),
    ],
)
def test_errors(program: Path, clickhouse: EmbeddedClickHouse, query: str, message: str) -> None:
    command = [program, f"{clickhouse.host}:{clickhouse.port}", query]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 1
    assert message in done.stderr
