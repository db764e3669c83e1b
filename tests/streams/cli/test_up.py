"""``tidewatch up`` as a user has it, on real servers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest

TIDEWATCH = (sys.executable, "-m", "streams.cli.main")


class Up:
    """A running ``tidewatch up`` and what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TIDEWATCH")}
        ports = {f"TIDEWATCH_HTTP__{n}_PORT": "0" for n in ("SCORE", "WATCH", "SINK", "NOTIFY")}
        self.environment = environment
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [*TIDEWATCH, "up", "--data-dir", str(self.data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=environment | ports,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def says(self, text: str) -> bool:
        assert self.process.poll() is None or any(text in line for line in self.said), self.said
        return any(text in line for line in self.said)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command in the same folder, as in a second terminal."""
        return subprocess.run(
            [*TIDEWATCH, *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment | {"TIDEWATCH_DATA_DIR": str(self.data_dir)},
            check=False,
            timeout=240,
        )

    def count(self, table: str) -> int:
        addresses = json.loads((self.data_dir / "stack.json").read_text())
        port = int(addresses["clickhouse"]["url"].rsplit(":", 1)[1])
        client = clickhouse_connect.get_client(host="127.0.0.1", port=port, database="tidewatch")
        return int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])

    def processes(self) -> dict[int, str]:
        """All processes that have to do with the data directory, but for ``up`` itself."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) in {os.getpid(), self.process.pid}:
                continue
            try:
                command = (entry / "cmdline").read_bytes()
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if command and str(self.data_dir).encode() in command + environment:
                found[int(entry.name)] = command.replace(b"\0", b" ").decode()
        return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    found = Up(tmp_path_factory.mktemp("up"))
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


def wait(condition: Callable[[], Any], seconds: float = 240.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def test_starts_and_says_where_everything_is(up: Up) -> None:
    wait(lambda: up.says("all 5 processes are ready"))

    said = "\n".join(up.said)
    assert "there is no folder monitors: running without monitors" in said
    addresses = json.loads((up.data_dir / "stack.json").read_text())
    assert addresses["kafka"]["bootstrap_servers"] in said
    assert addresses["clickhouse"]["url"] in said
    assert f":{addresses['http']['score_port']}/metrics" in said
    assert str(up.data_dir / "logs") in said


def test_commands_in_the_same_folder_find_it(up: Up) -> None:
    done = up.run("replay", "--events", "300", "--rate", "300", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["events"] == 300

    wait(lambda: up.count("events") == 300)
    listed = json.loads(up.run("dlq", "list", "--json").stdout)
    assert listed == {"total": 0, "reasons": {}, "letters": []}


def test_doctor_finds_nothing_wrong(up: Up) -> None:
    done = up.run("doctor", "--json")

    checks = json.loads(done.stdout)
    assert [c for c in checks if c["status"] == "failed"] == []
    assert done.returncode == 0
    assert {c["part"] for c in checks} == {
        "settings",
        "monitors",
        "disk",
        "Kafka",
        "ClickHouse",
        "processes",
    }


def test_a_second_one_on_the_same_data_is_refused(up: Up) -> None:
    done = up.run("up")

    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        f"error data_dir: {up.data_dir} is in use by process {up.process.pid}: stop that one, or "
        "give another directory with --data-dir"
    ]


def test_a_killed_worker_is_started_again_and_goes_on(up: Up) -> None:
    worker = next(pid for pid, command in up.processes().items() if command.endswith(" score "))
    os.kill(worker, signal.SIGKILL)

    wait(lambda: up.says("score was ended by signal 9"))
    wait(lambda: up.says("score started again"))
    assert up.run("replay", "--events", "100", "--rate", "200", "--seed", "2").returncode == 0
    wait(lambda: up.count("events") == 400)


def test_sigterm_ends_everything(up: Up) -> None:
    assert len(up.processes()) >= 7

    up.process.terminate()

    assert up.process.wait(60) == 0
    assert up.processes() == {}
    assert up.said[-1].endswith("stopped")
    assert not (up.data_dir / "stack.json").exists()


def test_data_are_there_after_a_restart_and_sigkill_leaves_nothing(up: Up) -> None:
    again = Up(up.folder)
    try:
        wait(lambda: again.says("all 5 processes are ready"))
        assert again.count("events") == 400
    finally:
        again.process.kill()
        again.process.wait()

    wait(lambda: again.processes() == {}, 60)
