"""The clock files of processes: see ``inject/sitecustomize.py``."""

import mmap
import struct
import time
from pathlib import Path

FOLDER = Path(__file__).with_name("inject")
_LAYOUT = struct.Struct("ddd")


class Clock:
    """The clock of one process, or of several that share it.

    Parameters
    ----------
    path
        Its file, made here.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._base, self._speed, self._offset = time.time(), 1.0, 0.0
        path.write_bytes(_LAYOUT.pack(self._base, self._speed, self._offset))
        with path.open("r+b") as file:
            self._kept = mmap.mmap(file.fileno(), _LAYOUT.size)

    def set(self, *, offset: float = 0.0, speed: float = 1.0) -> None:
        """From now on ``offset`` seconds off, and running ``speed`` times as fast."""
        self._base, self._speed, self._offset = time.time(), speed, offset
        self._kept[:] = _LAYOUT.pack(self._base, self._speed, self._offset)

    def now(self) -> float:
        """What the process sees, in seconds since the epoch."""
        real = time.time()
        return real + self._offset + (real - self._base) * (self._speed - 1.0)

    def environment(self) -> dict[str, str]:
        """Variables that give a process this clock."""
        return {"CHAOS_CLOCK": str(self.path), "PYTHONPATH": str(FOLDER)}
