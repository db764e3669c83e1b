"""The data directory has one owner, who says where its servers are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.data_dir import DataDir, DataDirInUse, running_addresses

ADDRESSES = {"kafka": {"bootstrap_servers": "127.0.0.1:1"}}


def test_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path / "data"), DataDir(tmp_path / "data")
    first.acquire()

    with pytest.raises(DataDirInUse, match=f"process {os.getpid()}: stop that one, or give"):
        second.acquire()

    first.release()
    second.acquire()
    second.release()


def test_addresses_hold_while_their_owner_runs(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    assert running_addresses(tmp_path) == {}

    directory.acquire()
    assert running_addresses(tmp_path) == {}
    directory.publish(ADDRESSES)
    assert running_addresses(tmp_path) == ADDRESSES

    directory.release()
    assert running_addresses(tmp_path) == {}


def test_addresses_of_a_killed_owner_do_not_hold(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from streams.data_dir import DataDir\n"
        "directory = DataDir(Path(sys.argv[1])); directory.acquire()\n"
        "directory.publish({'kafka': {}}); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert (tmp_path / "stack.json").exists()

    assert running_addresses(tmp_path) == {}


def test_looking_does_not_keep_an_owner_away(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    for _ in range(20):
        directory.acquire()
        directory.publish(ADDRESSES)
        assert running_addresses(tmp_path) == ADDRESSES
        directory.release()
