"""A clock that can be set and a planted defect, for a process whose PYTHONPATH names this folder.

Python imports this module at start.

``CHAOS_CLOCK`` names a file of three doubles: a moment (epoch seconds), how fast time runs since
then, and how far the clock is off. Nothing else of the process changes, and timers go by the
monotonic clock as ever.

``CHAOS_PLANTED`` is ``module=file``: the module is made from that file instead of its own.
"""

import mmap
import os
import struct
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

if path := os.environ.get("CHAOS_CLOCK"):
    with Path(path).open("r+b") as file:
        _kept = mmap.mmap(file.fileno(), 24)
    _real = time.time
    _values = struct.Struct("ddd").unpack_from

    def _now() -> float:
        base, speed, offset = _values(_kept)
        real = _real()
        return real + offset + (real - base) * (speed - 1.0)

    time.time = _now

if planted := os.environ.get("CHAOS_PLANTED"):
    _module, _, _file = planted.partition("=")

    class _Planted(MetaPathFinder):
        def find_spec(self, fullname: str, *_: Any, **__: Any) -> ModuleSpec | None:
            return spec_from_file_location(fullname, _file) if fullname == _module else None

    sys.meta_path.insert(0, _Planted())
