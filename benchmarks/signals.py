"""What every detector costs: microseconds an event, on one core.

Run as ``POLARS_MAX_THREADS=1 python -m benchmarks.signals [events]``. The events are about 2 kB:
a prompt of 600 characters, a response of 900, one context of 500, made of invented words with
English ones in between.
"""

import gc
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from detectors.batch import EventBatch
from detectors.discovery import discover_detectors
from schemas.events import InferenceEvent

ROUNDS = 7
COMMON = ["the", "of", "and", "to", "a", "in", "is", "that", "for", "it", "with", "you", "this"]
ENGLISH_SHARE = 0.8
"""Texts that plainly are English, as in public collections of answers; others take the model."""


def make_text(rng: random.Random, vocabulary: list[str], characters: int) -> str:
    """Sentences and a list now and then, most of them with English words in between."""
    common = 0.45 if rng.random() < ENGLISH_SHARE else 0.0
    parts: list[str] = []
    length = 0
    while length < characters:
        words = [
            rng.choice(COMMON if rng.random() < common else vocabulary)
            for _ in range(rng.randint(6, 18))
        ]
        sentence = " ".join(words).capitalize() + rng.choice([". ", ". ", "? ", ".\n- ", ".\n\n"])
        parts.append(sentence)
        length += len(sentence)
    return "".join(parts)[:characters]


def make_events(count: int) -> list[InferenceEvent]:
    """Events of about 2 kB, the same for every run."""
    rng = random.Random(7)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    weights = [26 - i for i in range(26)]
    vocabulary = [
        "".join(rng.choices(letters, weights, k=rng.randint(3, 11))) for _ in range(20_000)
    ]
    return [
        InferenceEvent(
            event_id=f"event-{number:012d}",
            time=datetime(2025, 1, 1, tzinfo=UTC),
            service_name="shop",
            request_model="model-1",
            finish_reason="stop",
            prompt=make_text(rng, vocabulary, 600),
            response=make_text(rng, vocabulary, 900),
            contexts=[make_text(rng, vocabulary, 500)],
            latency_seconds=rng.expovariate(1.0),
            time_to_first_token_seconds=0.1,
            usage_input_tokens=400,
            usage_output_tokens=200,
            labels={"tenant": "a"},
        )
        for number in range(count)
    ]


def main(count: int) -> None:
    """Print the least time of several rounds for every step."""
    events = make_events(count)
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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
