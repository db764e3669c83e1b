"""The supervisor with real processes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.supervisor import Supervisor

WaitUntil = Callable[..., object]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    # Nobody listens on port 1: notify waits for it, so it runs without any server.
    found = Supervisor(
        {"TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}, tmp_path / "logs", tell=said.append
    )
    yield found
    found.stop()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_runs_a_command_and_keeps_its_output(supervisor: Supervisor, wait_until: WaitUntil) -> None:
    child = supervisor.start("version", "--version")

    wait_until(lambda: b"tidewatch" in child.log_file.read_bytes())


def test_starts_again_what_ends_and_says_so(
    supervisor: Supervisor, said: list[str], wait_until: WaitUntil
) -> None:
    child = supervisor.start("version", "--version")

    wait_until(lambda: child.restarts >= 1)

    assert said[0].startswith("version ended with exit code 0, next try in 0.5 s")
    assert str(child.log_file) in said[0]
    assert "version started again" in said


def test_starts_again_what_was_killed(
    supervisor: Supervisor, said: list[str], wait_until: WaitUntil
) -> None:
    child = supervisor.start("notify", "notify")
    assert child.process is not None
    first = child.process.pid

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child.running and child.process and child.process.pid != first)

    assert "notify was ended by signal 9" in said[0]


def test_pauses_grow_while_it_keeps_failing(
    supervisor: Supervisor, said: list[str], wait_until: WaitUntil
) -> None:
    supervisor.start("version", "--version")

    wait_until(lambda: sum("next try" in text for text in said) >= 2)

    pauses = [text.split("next try in ")[1].split(" s")[0] for text in said if "next try" in text]
    assert pauses[:2] == ["0.5", "1"]


def test_stop_leaves_nothing_running(tmp_path: Path) -> None:
    supervisor = Supervisor(
        {"TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}, tmp_path / "logs"
    )
    child = supervisor.start("notify", "notify")
    assert child.process is not None

    supervisor.stop()

    assert child.process.returncode is not None
    assert not child.running


def test_a_command_that_does_not_stop_is_killed(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor({}, tmp_path / "logs", tell=said.append)
    child = supervisor.start("stubborn", "--version")
    assert child.process is not None
    child.process.wait()
    # In place of a process that ignores SIGTERM, which none of ours does.
    child.process = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; echo; sleep 60"])
    wait_for_trap = threading.Event()
    wait_for_trap.wait(0.5)

    supervisor.stop(timeout=0.5)

    assert child.process.returncode == -signal.SIGKILL
    assert "stubborn did not stop in time and was killed" in said


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path, wait_until: WaitUntil) -> None:
    script = (
        "import sys, time; from pathlib import Path; from streams.supervisor import Supervisor\n"
        "supervisor = Supervisor({'TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS': '127.0.0.1:1'},"
        " Path(sys.argv[1]))\n"
        "print(supervisor.start('notify', 'notify').process.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)

    parent.kill()
    parent.wait()

    wait_until(lambda: not alive(child))
