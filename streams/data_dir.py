"""The data directory of ``tidewatch up``: one owner at a time, and where its servers are."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

_LOCK = "stack.lock"
_ADDRESSES = "stack.json"


class DataDirInUse(OSError):
    """Another process runs on this data directory; the message says which, and what to do."""


class DataDir:
    """A directory that one stack owns while it runs.

    The owner writes down where its servers are, so that other commands find them. A lock that the
    kernel drops with its owner tells whether what is written still holds.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path).absolute()
        self._lock: IO[str] | None = None

    def acquire(self) -> None:
        """Become the owner. Raises :class:`DataDirInUse`; ``OSError`` if it cannot be written."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = (self.path / _LOCK).open("a+")
        # Somebody who only looks (see running_addresses) holds the lock for a moment.
        for _ in range(10):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.05)
        else:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise DataDirInUse(
                f"data_dir: {self.path} is in use by process {owner}: stop that one, or give "
                "another directory with --data-dir"
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def publish(self, addresses: dict[str, dict[str, Any]]) -> None:
        """Write down where the servers are: settings by section."""
        (self.path / _ADDRESSES).write_text(json.dumps(addresses, indent=2) + "\n")

    def release(self) -> None:
        """Let go; what was published no longer holds."""
        if self._lock is not None:
            (self.path / _ADDRESSES).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None


def running_addresses(path: Path) -> dict[str, dict[str, Any]]:
    """Settings by section of the stack that runs on a data directory; empty when none does."""
    try:
        with (path / _LOCK).open() as lock:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return {}
            found: dict[str, dict[str, Any]] = json.loads((path / _ADDRESSES).read_text())
            return found
    except (OSError, ValueError):
        return {}
