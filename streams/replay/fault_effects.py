"""What each kind of fault does to an event it hits."""

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import yaml
from msgspec.structs import replace

from schemas.events import InferenceEvent, Message
from streams.replay.applications import MODELS
from streams.replay.draws import ERRORS
from streams.replay.fault_spec import FaultSpec
from streams.replay.grammar import Grammar, Template
from streams.replay.scenarios import TEXTS
from streams.replay.simulated import Simulated

CANARY_LATENCY = 2.2
CANARY_COST = 1.6
CANARY_ERRORS = 0.12
CANARY_UNSUPPORTED = 0.35
CANARY_TOXIC = 0.05

_NUMBER = re.compile(r"\d+")


class _Texts(msgspec.Struct):
    grammar: Grammar
    insults: dict[str, list[str]]
    claims: dict[str, list[Template]]
    shifted: list[Template]


@cache
def _texts() -> _Texts:
    data: dict[str, Any] = yaml.safe_load((TEXTS / "faults.yaml").read_text("utf-8"))
    grammar = Grammar(data["slots"])
    return _Texts(
        grammar=grammar,
        insults=data["insults"],
        claims={
            language: [grammar.compile(text) for text in texts]
            for language, texts in data["claims"].items()
        },
        shifted=[grammar.compile(text) for text in data["shifted"]],
    )


Effect = Callable[[Simulated, FaultSpec, random.Random], bool]
"""Changes the row's event and tells whether it did; some events have nothing to change."""


def fail(row: Simulated, _spec: FaultSpec, rng: random.Random) -> bool:
    """The call fails: no response, an error type, a time-out's latency or a quick refusal's."""
    if row.event.status == "error":
        return False
    error_type = rng.choice(list(ERRORS))
    latency = 30 + rng.random() if error_type == "timeout" else 0.05 + 0.3 * rng.random()
    row.event = replace(
        row.event,
        status="error",
        error_type=error_type,
        response=None,
        response_model="",
        finish_reason="",
        latency_seconds=round(latency, 4),
        time_to_first_token_seconds=None,
        usage_output_tokens=0,
        cost_usd=0.0,
        cache_hit=False,
    )
    row.supported = None
    row.pleased = 0.05
    return True


def slow_down(row: Simulated, spec: FaultSpec, _rng: random.Random) -> bool:
    """Latency and time to first token grow by the factor ``strength``."""
    return _stretch(row, spec.strength)


def _stretch(row: Simulated, factor: float) -> bool:
    event = row.event
    if event.latency_seconds is None:
        return False
    first = event.time_to_first_token_seconds
    row.event = replace(
        event,
        latency_seconds=round(event.latency_seconds * factor, 4),
        time_to_first_token_seconds=None if first is None else round(first * factor, 4),
    )
    row.pleased *= 0.9
    return True


def shift_topic(row: Simulated, _spec: FaultSpec, rng: random.Random) -> bool:
    """The user asks something the application is not for; contexts and answer stay behind."""
    texts = _texts()
    prompt = texts.grammar.render(rng.choice(texts.shifted), {}, rng)
    old = row.event.prompt
    row.event = replace(
        row.event,
        prompt=[*old[:-1], Message(role="user", content=prompt)]
        if isinstance(old, list)
        else prompt,
    )
    row.supported = None
    row.pleased *= 0.5
    return True


def insult(row: Simulated, _spec: FaultSpec, rng: random.Random) -> bool:
    """The answer insults its user before and after what it has to say."""
    response = row.event.response
    if not response:
        return False
    insults = _texts().insults
    first, last = rng.sample(insults.get(row.language, insults["en"]), 2)
    row.event = replace(row.event, response=f"{first} {response} {last}")
    row.pleased = 0.05
    return True


def invent(row: Simulated, _spec: FaultSpec, rng: random.Random) -> bool:
    """The answer gets other numbers than its sources have, and claims of its own."""
    event = row.event
    if not event.response or not (event.contexts or event.tools):
        return False
    texts = _texts()
    claims = rng.sample(texts.claims.get(row.language, texts.claims["en"]), 2)
    invented = " ".join(texts.grammar.render(claim, {}, rng) for claim in claims)
    changed = _NUMBER.sub(lambda found: _other(found[0], rng), event.response)
    row.event = replace(event, response=f"{changed} {invented}")
    row.supported = False
    row.pleased = 0.35
    return True


def _other(number: str, rng: random.Random) -> str:
    """Another number of about the same size."""
    value = int(number)
    return str(value + rng.randint(1, max(3, value)))


def swap_model(row: Simulated, _spec: FaultSpec, _rng: random.Random) -> bool:
    """Another model answers: times and costs change as the two models differ."""
    event = row.event
    names = list(MODELS)
    old = MODELS.get(event.request_model)
    new = MODELS[names[0] if old is None else names[(names.index(old.name) + 1) % len(names)]]
    speed = 2.0 if old is None else old.tokens_per_second / new.tokens_per_second
    price = 2.0 if old is None else new.output_usd / old.output_usd
    _stretch(row, speed)
    row.event = replace(
        row.event,
        provider_name=new.provider,
        request_model=new.name,
        response_model=new.snapshot if event.response_model else "",
        cost_usd=None if event.cost_usd is None else round(event.cost_usd * price, 8),
    )
    return True


def cost_more(row: Simulated, spec: FaultSpec, _rng: random.Random) -> bool:
    """The call costs ``strength`` times as much."""
    if not row.event.cost_usd:
        return False
    row.event = replace(row.event, cost_usd=round(row.event.cost_usd * spec.strength, 8))
    return True


def canary_version(event: InferenceEvent) -> str:
    """The version a bad canary of the event's release carries."""
    return f"{event.service_version or '1.0.0'}-canary"


def serve_badly(row: Simulated, spec: FaultSpec, rng: random.Random) -> bool:
    """A new release answers: slower, dearer, more often wrong, rude or not at all."""
    row.event = replace(
        row.event,
        service_version=canary_version(row.event),
        release_role="canary",
        cost_usd=None if row.event.cost_usd is None else row.event.cost_usd * CANARY_COST,
    )
    row.pleased *= 0.8
    if rng.random() < CANARY_ERRORS:
        fail(row, spec, rng)
        return True
    _stretch(row, CANARY_LATENCY)
    if rng.random() < CANARY_UNSUPPORTED:
        invent(row, spec, rng)
    if rng.random() < CANARY_TOXIC:
        insult(row, spec, rng)
    return True


EFFECTS: dict[str, Effect] = {
    "error_burst": fail,
    "latency_shift": slow_down,
    "topic_shift": shift_topic,
    "toxic_answers": insult,
    "unsupported_answers": invent,
    "bad_canary": serve_badly,
    "model_swap": swap_model,
    "cost_jump": cost_more,
}
"""By kind; ``traffic_stop`` is none of them, it takes events away."""
