"""Inference events of any sort, reproducible."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.events import Context, GuardrailOutcome, InferenceEvent, Message
from schemas.wire.native import encode_event

START = datetime(2026, 3, 2, 8, 59, 50, tzinfo=UTC)

_TEXT = (
    "the parcel arrives tomorrow morning and nobody has to sign for it please write to "
    "ann@example.org or call +49 30 1234567 sorry I cannot help with that question about "
    "der Vertrag endet im Mai la livraison est gratuite SELECT count(*) FROM orders 42"
)
_WORDS = _TEXT.split()


def make_event(number: int, **fields: Any) -> InferenceEvent:
    """Event ``number``: everything about it follows from the number, unless given."""
    rng = random.Random(number)
    failed = rng.random() < 0.1
    values: dict[str, Any] = {
        "event_id": f"event-{number}",
        "time": START + timedelta(seconds=rng.uniform(0, 600)),
        "service_name": rng.choice(["shop", "search", "support"]),
        "use_case": rng.choice(["", "answer"]),
        "request_model": rng.choice(["m1", "m2"]),
        "service_version": rng.choice(["1.0", "1.1"]),
        "user_id": f"user-{rng.randrange(50)}",
        "labels": {"tenant": rng.choice("abc")} if rng.random() < 0.8 else {},
        "prompt": _prompt(rng),
        "response": None if failed else _text(rng, 60),
        "contexts": [Context(text=_text(rng, 30), score=0.5)] if rng.random() < 0.3 else [],
        "status": "error" if failed else "ok",
        "error_type": "timeout" if failed else "",
        "finish_reason": "" if failed else rng.choice(["stop", "length"]),
        "latency_seconds": rng.choice([None, rng.expovariate(1.0)]),
        "usage_input_tokens": rng.choice([None, rng.randrange(1000)]),
        "usage_output_tokens": rng.randrange(1000),
        "cost_usd": rng.choice([None, rng.random() / 100]),
        "guardrails": [GuardrailOutcome(name="policy", stage="before", outcome="passed")],
    }
    return InferenceEvent(**(values | fields))


def encoded(number: int, **fields: Any) -> bytes:
    """The same on the wire."""
    return encode_event(make_event(number, **fields))


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randrange(words)))


def _prompt(rng: random.Random) -> str | list[Message]:
    if rng.random() < 0.7:
        return _text(rng, 40)
    return [
        Message(role="system", content=_text(rng, 10)),
        Message(role="user", content=_text(rng, 20)),
    ]
