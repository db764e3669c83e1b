"""What every detector costs: microseconds an event, on one core.

Run as ``POLARS_MAX_THREADS=1 python -m benchmarks.signals [events] [bytes an event]``. The events
are the pipeline benchmark's.
"""

import gc
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from benchmarks.traffic import make_pool
from detectors.batch import EventBatch
from detectors.discovery import discover_detectors
from schemas.events import InferenceEvent
from schemas.wire.native import decode_event

ROUNDS = 7
BEGIN = 1_767_600_000
"""Seconds since the epoch."""


def make_events(count: int, size: int) -> list[InferenceEvent]:
    """The pipeline benchmark's events, the same for every run."""
    pool = make_pool(size)
    messages = (pool.message("signals", number, BEGIN + number) for number in range(count))
    return [decode_event(message) for _, message in messages]


def main(count: int = 4_000, size: int = 2_000) -> None:
    """Print the least time of several rounds for every step."""
    events = make_events(count, size)
    detectors = discover_detectors()
    best: dict[str, float] = defaultdict(lambda: float("inf"))

    def timed(name: str, step: Callable[[], object]) -> None:
        begin = time.process_time()
        step()
        spent = (time.process_time() - begin) * 1e6 / count
        best[name] = min(best[name], spent)

    gc.disable()
    for _ in range(ROUNDS):
        batch = EventBatch(events)
        timed("(frame)", lambda batch=batch: batch.frame)  # type: ignore[misc]
        for part in ("prompt", "response"):
            text = batch.text(part)
            timed(f"({part}: buffer)", lambda text=text: text.buffer)  # type: ignore[misc]
            timed(f"({part}: words)", lambda text=text: text.words)  # type: ignore[misc]
            timed(f"({part}: language)", lambda text=text: text.languages)  # type: ignore[misc]
        for detector in detectors:
            timed(detector.name, lambda d=detector, b=batch: d.score(b))  # type: ignore[misc]
        gc.collect()
    width = max(map(len, best))
    for name, spent in best.items():
        print(f"{name:<{width}}  {spent:7.2f} µs")
    print(f"{'all':<{width}}  {sum(best.values()):7.2f} µs an event, {count} events a batch")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
