"""A loop that hangs ends its process and leaves what it hung in; one that works goes on."""

import os
import signal
import subprocess
import sys
import time

from streams.watchdog import EXIT_CODE

LOOP = """
import threading, time
from streams.watchdog import Watchdog

def a_call_that_hangs():
    threading.Lock().acquire() and threading.Event().wait()

with Watchdog("loop", 1) as watchdog:
    print("begun", flush=True)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        watchdog.working()
        time.sleep(0.1)
    print("worked", flush=True)
    {last}
print("ended", flush=True)
"""


def run(last: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LOOP.format(last=last)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_call_that_never_returns_ends_the_process_and_is_named() -> None:
    said, complained = (process := run("a_call_that_hangs()")).communicate(timeout=240)
    assert process.returncode == EXIT_CODE
    assert said.splitlines()[:2] == ["begun", "worked"]
    assert "a_call_that_hangs" in complained


def test_a_loop_that_works_is_left_alone_also_after_it_was_stopped_for_long() -> None:
    process = run("pass")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(3)
    os.kill(process.pid, signal.SIGCONT)
    said, _ = process.communicate(timeout=240)
    assert (process.returncode, said) == (0, "worked\nended\n")
