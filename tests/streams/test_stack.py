"""The stack's servers and processes, in this process. ``cli/test_up.py`` runs the command."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.data_dir import DataDirInUse, running_addresses
from streams.kafka import ensure_topics
from streams.settings import Settings, load_settings
from streams.stack import Stack, StackNotReady
from streams.store.setup import connect_by

WaitUntil = Callable[..., object]


def settings_for(data_dir: Path, monitors: Path) -> Settings:
    ports = {f"{name}_port": 0 for name in ("score", "watch", "sink", "notify")}
    monitors.mkdir(exist_ok=True)
    return load_settings(data_dir=data_dir, monitors=monitors, http=ports)


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> Iterator[Stack]:
    """Servers, and one process."""
    folder = tmp_path_factory.mktemp("stack")
    settings = settings_for(folder / "data", folder / "monitors")
    with Stack(settings, processes=("notify",), announce=said.append) as found:
        yield found


def test_topics_and_tables_are_there(stack: Stack) -> None:
    assert ensure_topics(stack.settings.kafka) == []
    client = connect_by(stack.settings.clickhouse)
    assert client.query("SELECT count() FROM events").result_rows == [(0,)]


def test_the_process_becomes_ready(stack: Stack) -> None:
    stack.wait_ready(60)

    assert stack.problem("notify") == ""


def test_what_is_not_ready_is_named_with_its_log(stack: Stack) -> None:
    other = Stack(stack.settings, processes=("score",))

    with pytest.raises(StackNotReady, match=r"score is not ready: .*logs/score\.log"):
        other.wait_ready(0.2)


def test_other_commands_are_led_to_it(stack: Stack) -> None:
    addresses = running_addresses(stack.data_dir)

    assert addresses == json.loads(json.dumps(stack.addresses()))
    environment = stack.environment()
    kafka = stack.kafka.bootstrap_servers
    assert environment["TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS"] == kafka
    assert environment["TIDEWATCH_CLICKHOUSE__URL"] == stack.clickhouse.url
    assert environment["TIDEWATCH_DATA_DIR"] == str(stack.data_dir)


def test_ports_differ(stack: Stack) -> None:
    ports = list(stack.addresses()["http"].values())

    assert len(set(ports)) == len(ports)
    assert 0 not in ports


def test_a_second_stack_on_the_same_data_is_refused(stack: Stack) -> None:
    second = Stack(stack.settings)

    with pytest.raises(DataDirInUse, match="in use by process"):
        second.start()

    assert stack.kafka.running
    assert running_addresses(stack.data_dir)


def test_a_server_that_ends_is_started_again_where_it_was(
    stack: Stack, said: list[str], wait_until: WaitUntil
) -> None:
    client = connect_by(stack.settings.clickhouse)
    client.command("CREATE TABLE kept (x UInt8) ENGINE = MergeTree ORDER BY x")
    process = stack.clickhouse._process
    assert process is not None

    os.killpg(process.pid, signal.SIGKILL)

    wait_until(lambda: "clickhouse started again" in said)
    assert any(text.startswith("clickhouse ended") for text in said)
    again = connect_by(stack.settings.clickhouse)
    assert again.query("SELECT count() FROM kept").result_rows == [(0,)]


def test_what_fails_to_start_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clickhouse").write_text("a file where a folder should be")
    stack = Stack(settings_for(tmp_path / "data", tmp_path / "monitors"))

    with pytest.raises(OSError, match="clickhouse"):
        stack.start()

    assert not stack.kafka.running
    assert running_addresses(tmp_path / "data") == {}
