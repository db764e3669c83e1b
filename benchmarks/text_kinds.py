"""What other texts than prose cost, and what is found in them.

Run as ``python -m benchmarks.text_kinds [--events 600] [--write]``; half a minute on a quiet core.
Every event has a prompt, a response and a context of one kind, made up with a seed.
"""

import argparse
import base64
import gc
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from streams.supervisor import ONE_THREAD

os.environ.update(ONE_THREAD)  # before polars and numpy are imported, as in every process

import polars as pl
from rich.console import Console

from benchmarks.page import Results, describe, machine, write_section
from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.discovery import discover_detectors, score_batch
from detectors.redaction import redact_column
from schemas.events import Context, InferenceEvent

SEED: Final = 1
ROUNDS: Final = 3
ALARM: Final = 0.5
JUDGED: Final = ("prompt.pii", "prompt.toxicity", "prompt.injection", "context.injection")
_ENGLISH: Final = "the parcel goes over a bridge at noon and comes back when people ask for money"
_RUSSIAN: Final = "когда придет моя посылка и можно ли вернуть деньги если товар сломан"
_ARABIC: Final = "أريد أن أعرف متى تصل الطرود وهل يمكنني استرداد المال"
_CHINESE: Final = "请问什么时候可以收到包裹如果东西坏了能不能退款谢谢"
_WORDS: Final = _ENGLISH.split()
_NAMES: Final = ("John Smith", "Mary Jones", "Ahmed Khan", "Anna Müller", "Peter Wang")


def _some(words: Sequence[str], random: random.Random, count: int) -> str:
    return " ".join(random.choice(words) for _ in range(count))


def _prices(random: random.Random) -> str:
    rows = (
        {"id": random.randrange(10**6), "name": random.choice(_WORDS), "score": random.random()}
        for _ in range(10)
    )
    return json.dumps(list(rows))


def _code(random: random.Random) -> str:
    return "\n".join(
        f"def {random.choice(_WORDS)}_{n}(rows, limit={random.randrange(9)}):\n"
        f"    return [row for row in rows if row.{random.choice(_WORDS)} > {random.randrange(99)}]"
        for n in range(7)
    )


def _log(random: random.Random) -> str:
    return "\n".join(
        f"2026-01-0{random.randrange(1, 9)}T12:{random.randrange(10, 59)}:07Z ERROR pod-"
        f"{random.randrange(99)} request={random.randrange(10**6)} took "
        f"{random.randrange(999)}ms {_some(_WORDS, random, 3)}"
        for _ in range(8)
    )


def _table(random: random.Random) -> str:
    row = lambda: " | ".join(f"{random.uniform(0, 1000):.2f}" for _ in range(6))  # noqa: E731
    return "\n".join(f"| {row()} |" for _ in range(12))


def _embedding(random: random.Random) -> str:
    return ", ".join(repr(random.uniform(-1, 1)) for _ in range(28))


def _numbers(random: random.Random) -> str:
    return " ".join(str(random.randrange(10 ** random.randrange(1, 7))) for _ in range(120))


def _links(random: random.Random) -> str:
    return "\n".join(
        f"- [{random.choice(_WORDS)}](https://example.com/{random.choice(_WORDS)}/{n})"
        for n in range(14)
    )


def _contacts(random: random.Random) -> str:
    return "\n".join(
        f"{name}, {random.choice(_WORDS)}, {name.split()[0].lower()}.{n}@example.org"
        for n in range(13)
        for name in (random.choice(_NAMES),)
    )


KINDS: Final[dict[str, Callable[[random.Random], str]]] = {
    "English": lambda random: _some(_WORDS, random, 115),
    "English, title case": lambda random: _some(_WORDS, random, 115).title(),
    "Russian": lambda random: _some(_RUSSIAN.split(), random, 60),
    "Arabic": lambda random: _some(_ARABIC.split(), random, 60),
    "Chinese": lambda random: "".join(random.choice(_CHINESE) for _ in range(200)),
    "Markdown with links": _links,
    "Python": _code,
    "JSON": _prices,
    "log": _log,
    "table of numbers": _table,
    "numbers": _numbers,
    "vector": _embedding,
    "base64": lambda random: base64.b64encode(random.randbytes(450)).decode(),
    "hexadecimal": lambda random: random.randbytes(300).hex(),
    "contacts*": _contacts,
    "people's names*": lambda random: ", ".join(random.choice(_NAMES) for _ in range(50)),
}


def events_of(kind: str, count: int, random: random.Random) -> list[InferenceEvent]:
    """Events whose texts are all of a kind."""
    make = KINDS[kind]
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        InferenceEvent(
            event_id=str(number),
            time=instant,
            service_name="s",
            prompt=make(random),
            response=make(random),
            contexts=(Context(text=make(random)),),
        )
        for number in range(count)
    ]


def measure(events: Sequence[InferenceEvent], detectors: Sequence[Detector]) -> dict[str, float]:
    """Microseconds an event by detector, redaction of all texts and common reading beside."""
    best: dict[str, float] = defaultdict(lambda: float("inf"))

    def timed(name: str, step: Callable[[], object]) -> None:
        begin = time.process_time()
        step()
        best[name] = min(best[name], 1e6 * (time.process_time() - begin) / len(events))

    for _ in range(ROUNDS):
        batch = EventBatch(events)
        columns = [batch.text("prompt"), batch.text("response"), batch.contexts.column]
        timed("common reading", lambda: [(c.marks, c.languages, c.embeddings) for c in columns])  # noqa: B023
        for detector in detectors:
            timed(detector.name, lambda: detector.score(batch))  # noqa: B023
        timed("redaction", lambda: [redact_column(column) for column in columns])  # noqa: B023
        gc.collect()
    return dict(best)


def _share(signals: pl.DataFrame, name: str) -> str:
    scores = signals[name]
    return "-" if scores.null_count() == len(scores) else f"{(scores > ALARM).mean():.1%}"


def main() -> None:
    """Measure every kind; print the table, and write it if wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=600, help="of each kind")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where = machine()
    detectors = discover_detectors()
    rows = []
    for kind in KINDS:
        events = events_of(kind, options.events, random.Random(SEED))
        size = sum(len(f"{e.prompt}{e.response}{e.contexts[0]}".encode()) for e in events)
        spent = measure(events, detectors)
        total = sum(spent.values())
        name, most = max(spent.items(), key=lambda each: each[1])
        signals = score_batch(EventBatch(events), detectors)
        rows.append(
            [
                kind,
                f"{size / len(events):,.0f}",
                f"{total:,.0f}",
                f"{1000 * total * len(events) / size:,.0f}",
                f"{name} {most / total:.0%}",
                *(_share(signals, judged) for judged in JUDGED),
            ]
        )
    results = Results(
        title="A prompt, a response and a context of one kind",
        columns=("texts", "bytes", "µs an event", "ns a byte", "most of it", *JUDGED),
        rows=rows,
        note=f"{options.events} made-up events of each kind, all detectors and redaction, the "
        f"least processor time of {ROUNDS} rounds. Last, the share of events above {ALARM}: none "
        "of the texts is an attack or an insult, and but those marked * hold no personal data; - "
        "where nothing is judged. Numbers at random pass a check digit now and then.",
    )
    results.show(Console())
    if options.write:
        text = f"{describe(where, 'python -m benchmarks.text_kinds')}\n\n{results.markdown()}"
        write_section("text-kinds", "Kinds of text", text)


if __name__ == "__main__":
    main()
