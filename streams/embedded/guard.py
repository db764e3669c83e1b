"""Run one command and end it when the process that asked for it goes away.

The parent keeps the write end of this process's standard input open. When the parent ends, however
it ends, the pipe closes and the command is stopped: SIGTERM first, SIGKILL after a grace period.
A pipe works from any thread and on any POSIX system, which the kernel's parent-death signal does
not. SIGUSR1 kills the command at once.

Usage: ``python -I -S guard.py GRACE_SECONDS COMMAND [ARGUMENT ...]`` with a pipe as standard
input. The exit status is the command's own.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1


def _die_with_guard() -> None:
    # Linux only. If somebody kills the guard itself, its command must not live on unwatched.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(grace_seconds: float, command: list[str]) -> int:
    """Run ``command`` until it ends or standard input closes; return its exit status."""
    # SIGTERM reaches the whole process group: the command reacts, the guard only waits for it.
    # The handlers do nothing; a signal's number arrives through the wake-up pipe.
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGCHLD", "SIGUSR1"):
        signal.signal(signal.Signals[name], lambda *_: None)
    child = subprocess.Popen(  # noqa: S603 - the parent's own command
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_guard,  # noqa: PLW1509 - safe, the guard has one thread
    )
    parent = sys.stdin.fileno()
    while child.poll() is None:
        readable, _, _ = select.select([wake_read, parent], [], [])
        if wake_read in readable and signal.SIGUSR1 in os.read(wake_read, 4096):
            child.kill()
            child.wait()
        elif parent in readable and not os.read(parent, 4096):
            child.terminate()
            try:
                child.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
