"""Events of a wanted size, made of the traffic generator's applications and texts."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from schemas.events import Context, InferenceEvent
from streams.replay.generator import TrafficGenerator
from streams.replay.messages import limited
from streams.replay.simulated import Simulated

_SEED: Final = 7
_DISTINCT: Final = 12_000
"""More than a batch holds, so that no batch sees a text twice,"""
_POOL_BYTES: Final = 48_000_000
"""but no more than this; batches are limited in bytes too."""
_SHORTEST: Final = 1_000
"""Messages below this carry :data:`_SHORT` fields only, to leave room for texts."""

_DROPPED: Final = frozenset(
    {
        *("conversation_id", "trace_id", "span_id", "system_prompt_hash", "response_model"),
        *("operation_name", "schema_version", "guardrails", "tools"),
    }
)
_SHORT: Final = frozenset(
    {
        *("service_name", "use_case", "request_model", "service_version", "prompt_version"),
        *("latency_seconds", "usage_output_tokens", "finish_reason", "status", "error_type"),
        *("prompt", "response"),
    }
)
_SHARES: Final = {"prompt": 0.30, "response": 0.45, "contexts": 0.25}
_SIGMA: Final = 0.4
"""Lengths are log-normal around the wanted one."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Events to send again and again under new ids and times.

    ``bodies`` are events without id and time, as applications send them: fields that say nothing
    are left out. ``mean_bytes`` is the mean size of a message.
    """

    bodies: list[dict[str, Any]]
    mean_bytes: float

    def message(self, run: str, number: int, time: float) -> tuple[str, bytes]:
        """Id and JSON of event ``number`` of a run, at a time in seconds since the epoch."""
        return message_of(self.bodies[number % len(self.bodies)], f"{run}-{number:012d}", time)


_encode = msgspec.json.Encoder().encode


def message_of(body: dict[str, Any], event_id: str, time: float) -> tuple[str, bytes]:
    """Id and JSON of an event with that body."""
    instant = datetime.fromtimestamp(time, UTC)
    return event_id, _encode({"event_id": event_id, "time": instant, **body})


def make_pool(size: int) -> Pool:
    """Events whose messages have ``size`` bytes on average; the same for every run.

    Services, models, releases, users, failures and languages are the generator's; its texts of the
    same language are put together to prompts, responses and contexts of the wanted lengths.
    """
    rng = random.Random(_SEED)
    count = min(_DISTINCT, _POOL_BYTES // size)
    rows = _rows(count)
    passages = _passages(rows)
    bare = [_bare(row.event, short=size < _SHORTEST) for row in rows]
    frame = sum(len(message_of(body, "0" * 24, 0.0)[1]) for body in bare) / count
    if frame >= size:
        raise ValueError(f"size {size}: fields without texts take {frame:.0f} bytes; ask for more")
    text = size - frame
    # Failed calls have no response, and texts outside ASCII take more bytes: corrected by trial.
    for _ in range(3):
        bodies = [
            _with_texts(body, row, passages[row.language], text, rng)
            for body, row in zip(bare, rows, strict=True)
        ]
        mean = sum(len(message_of(body, "0" * 24, 0.0)[1]) for body in bodies) / count
        text *= (size - frame) / (mean - frame)
    return Pool(bodies, mean)


def _rows(count: int) -> list[Simulated]:
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    traffic = TrafficGenerator(2_000, start=start, seed=_SEED, daily_amplitude=0)
    return [row for chunk in limited(traffic.chunks(), count, None) for row in chunk.rows]


def _passages(rows: list[Simulated]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        event = row.event
        texts = [c.text if isinstance(c, Context) else c for c in event.contexts]
        found[row.language] |= dict.fromkeys(t for t in (*texts, event.response) if t)
    return {language: list(texts) for language, texts in found.items()}


def _bare(event: InferenceEvent, *, short: bool) -> dict[str, Any]:
    fields = msgspec.to_builtins(event)
    for name in ("event_id", "time", "prompt", "response", "contexts"):
        del fields[name]
    return {
        name: value
        for name, value in fields.items()
        if value not in (None, "", [], {})
        and name not in _DROPPED
        and (not short or name in _SHORT)
    }


def _with_texts(
    body: dict[str, Any], row: Simulated, passages: list[str], mean: float, rng: random.Random
) -> dict[str, Any]:
    length = mean * rng.lognormvariate(-(_SIGMA**2) / 2, _SIGMA)
    shares = _SHARES if "user_id" in body else {"prompt": 0.4, "response": 0.6}
    texts: dict[str, Any] = {
        name: "".join(_text(passages, int(share * length), rng)) for name, share in shares.items()
    }
    if row.event.response is None:
        del texts["response"]
    if "contexts" in texts:
        texts["contexts"] = [{"text": texts["contexts"], "id": "passage-1", "score": 0.71}]
    return body | texts


def _text(passages: list[str], length: int, rng: random.Random) -> Iterator[str]:
    while length > 0:
        passage = rng.choice(passages)[:length]
        yield passage + rng.choice((" ", " ", "\n\n"))
        length -= len(passage) + 1
