"""The embedded ClickHouse: life-cycle, data across restarts and kills, a full disk."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import psutil
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.server import EmbeddedServerError
from tests.shared_servers import serving


def connect(server: EmbeddedClickHouse) -> Client:
    return clickhouse_connect.get_client(host=server.host, port=server.port)


def make_table(client: Client) -> None:
    client.command("CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")


def test_port_and_data_survive_a_restart(tmp_path: Path) -> None:
    server = EmbeddedClickHouse(tmp_path)
    with server:
        port = server.port
        client = connect(server)
        client.command("CREATE DATABASE own")
        client.command("CREATE TABLE own.t (n UInt64) ENGINE = MergeTree ORDER BY n")
        client.insert("t", [[1], [2]], ["n"], database="own")
    assert not server.running
    with server:
        assert server.port == port
        assert connect(server).query("SELECT n FROM own.t ORDER BY n").result_rows == [(1,), (2,)]


def test_rows_survive_a_kill_of_the_engine(tmp_path: Path) -> None:
    server = EmbeddedClickHouse(tmp_path)
    server.start()
    client = connect(server)
    make_table(client)
    client.insert("t", [[n, "kept"] for n in range(1000)], ["n", "s"])
    assert server._process is not None
    (engine,) = psutil.Process(server._process.pid).children()
    engine.send_signal(signal.SIGKILL)
    engine.wait(10)
    server._process.wait(10)
    assert not server.running
    with server:
        assert connect(server).command("SELECT count() FROM t WHERE s = 'kept'") == 1000


def test_listens_on_loopback_only(clickhouse: EmbeddedClickHouse) -> None:
    engine = serving(clickhouse)
    listening = {c.laddr.ip for c in engine.net_connections("inet") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


def test_second_server_on_the_same_data_is_refused(clickhouse: EmbeddedClickHouse) -> None:
    with pytest.raises(EmbeddedServerError, match=r"in use by .* process \d+"):
        EmbeddedClickHouse(clickhouse.data_dir).start()
    assert connect(clickhouse).command("SELECT 1") == 1


def test_server_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from streams.embedded.clickhouse import EmbeddedClickHouse\n"
        "server = EmbeddedClickHouse(Path(sys.argv[1]))\nserver.start()\n"
        "print(server._process.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as lines:
        pid = next(int(line) for line in lines if line.strip().isdigit())
        (engine,) = psutil.Process(pid).children()
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    # Waits for the orphan to end, then takes its data over.
    with EmbeddedClickHouse(tmp_path):
        assert not engine.is_running()


def test_server_that_cannot_start_points_to_its_log(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("a file where the folder should be")
    with pytest.raises(EmbeddedServerError, match=r"ended with status .*clickhouse\.log"):
        EmbeddedClickHouse(tmp_path).start()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs the program mount")
    if done.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(client: Client, row_bytes: int) -> None:
    for start in range(0, 100_000, 1000):
        rows = [[n, os.urandom(row_bytes // 2).hex()] for n in range(start, start + 1000)]
        client.insert("t", rows, ["n", "s"])


@pytest.mark.parametrize("row_bytes", [4_000, 40_000])
def test_full_disk_fails_the_insert_and_not_the_server(small_disk: Path, row_bytes: int) -> None:
    """Small bodies fail in the engine, those too large for memory already before it."""
    with EmbeddedClickHouse(small_disk) as server:
        client = connect(server)
        make_table(client)
        with pytest.raises(DatabaseError) as failure:
            fill(client, row_bytes)
        assert failure.value.code == 243
        before = int(str(client.command("SELECT count() FROM t")))
        client.command("TRUNCATE TABLE t")
        client.insert("t", [[1, "again"]], ["n", "s"])
        assert client.query("SELECT n, s FROM t").result_rows == [(1, "again")]
        assert before % 1000 == 0
