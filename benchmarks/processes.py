"""What the processes under test use: processor time and memory, sampled from outside."""

import threading
import time
from collections import defaultdict
from types import TracebackType
from typing import Final, Self

import numpy as np
import psutil  # type: ignore[import-untyped]

_PERIOD_SECONDS: Final = 0.05
_SEARCH_EVERY: Final = 10
_MARKS: Final = {
    "kafka": ("kafka.Kafka",),
    "clickhouse": ("streams.embedded.clickhouse_http",),
    "score": ("streams.cli.main", "score"),
    "watch": ("streams.cli.main", "watch"),
    "sink": ("streams.cli.main", "sink"),
    "notify": ("streams.cli.main", "notify"),
    "page": ("streams.cli.main", "page"),
    "faust": ("benchmarks.faust_peer",),
}
_GUARD: Final = "guard.py"


class BenchmarkFailed(RuntimeError):
    """A run that measured nothing worth telling; the message says what went wrong."""


class Sampler:
    """Samples this process's descendants twenty times a second while its block runs."""

    def __init__(self) -> None:
        self._samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._peaks: dict[str, int] = defaultdict(int)
        self._known: dict[int, tuple[str, psutil.Process]] = {}
        self._ignored: set[int] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()

    def peak_bytes(self) -> dict[str, int]:
        """The largest resident memory of every process seen."""
        return dict(self._peaks)

    def cpu_seconds(self, name: str, start: float, end: float) -> float:
        """Processor seconds a process used from ``start`` to ``end`` (epoch seconds).

        Raises :class:`BenchmarkFailed` when the process was not there, or more than once.
        """
        if len([n for n, _ in self._known.values() if n == name]) != 1:
            raise BenchmarkFailed(f"{name} was not one process all the time: see its log")
        times, used = np.array(self._samples[name]).T
        return float(np.interp(end, times, used) - np.interp(start, times, used))

    def _run(self) -> None:
        count = 0
        while not self._ending.wait(_PERIOD_SECONDS):
            if count % _SEARCH_EVERY == 0:
                self._search()
            count += 1
            for name, process in list(self._known.values()):
                try:
                    used = process.cpu_times()
                    memory = process.memory_info().rss
                except psutil.Error:
                    continue
                self._samples[name].append((time.time(), used.user + used.system))
                self._peaks[name] = max(self._peaks[name], memory)

    def _search(self) -> None:
        for process in psutil.Process().children(recursive=True):
            if process.pid in self._known or process.pid in self._ignored:
                continue
            try:
                arguments = process.cmdline()
            except psutil.Error:
                continue
            name = _name(arguments)
            if name is not None:
                self._known[process.pid] = name, process
            elif arguments:
                self._ignored.add(process.pid)


def _name(arguments: list[str]) -> str | None:
    if any(argument.endswith(_GUARD) for argument in arguments):
        return None  # it only waits for the server, whose command line it holds
    for name, marks in _MARKS.items():
        if all(mark in arguments for mark in marks):
            return name
    return None
