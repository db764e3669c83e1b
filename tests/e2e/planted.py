"""Personal data and secrets that must not come through, by a seed, and events that hold them."""

import string
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
from faker import Faker

from schemas.events import InferenceEvent, ToolCall
from schemas.feedback import Feedback

KINDS = ("email", "phone", "card", "iban", "ip", "key", "national_id")
SERVICE = "support-assistant"


@dataclass(frozen=True)
class Datum:
    """One planted datum: what it is, and how it is written."""

    kind: str
    value: str

    def traces(self) -> tuple[bytes, ...]:
        """What would give it away: as written, and without blanks where it is long enough."""
        bare = "".join(c for c in self.value if c.isalnum())
        kept = {self.value, bare} if self.kind != "ip" and len(bare) >= 12 else {self.value}
        return tuple(text.encode() for text in kept)


def plant(count: int, seed: int) -> list[Datum]:
    """So many data, the kinds in turn, all different."""
    rng = Random(seed)
    makers = [Faker(locale) for locale in ("en_US", "de_DE", "fr_FR", "es_ES")]
    for number, maker in enumerate(makers):
        maker.seed_instance(seed * 10 + number)
    found: dict[str, Datum] = {}
    while len(found) < count:
        kind = KINDS[len(found) % len(KINDS)]
        value = _value(kind, rng, rng.choice(makers), len(found))
        found.setdefault(value, Datum(kind, value))
    return list(found.values())


def _value(kind: str, rng: Random, maker: Faker, number: int) -> str:  # noqa: PLR0911
    match kind:
        case "email":
            return f"{maker.user_name()}{number}@{maker.domain_name()}"
        case "phone":
            return f"+49 {rng.randint(151, 179)} {rng.randint(1_000_000, 9_999_999)}{number % 10}"
        case "card":
            digits = maker.credit_card_number("visa16")
            return " ".join(digits[at : at + 4] for at in range(0, 16, 4))
        case "iban":
            return str(maker.iban())
        case "ip":
            return str(maker.ipv4_public())
        case "key":
            letters = string.ascii_letters + string.digits
            return rng.choice(("ghp_", "sk-proj-")) + "".join(rng.choices(letters, k=36))
        case _:
            return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


_SENTENCES = {
    "email": "please write to {} about it",
    "phone": "call me at {} after six",
    "card": "my card number is {} and it was charged twice",
    "iban": "send the money to {} please",
    "ip": "I logged in from the address {} yesterday",
    "key": "the token I use is {}",
    "national_id": "my social security number is {}",
}


def sentence(datum: Datum) -> str:
    """The datum as people write it."""
    return _SENTENCES[datum.kind].format(datum.value)


def events(data: list[Datum]) -> list[InferenceEvent]:
    """Events that hold all data, some seven each, in every text that an event has."""
    found = []
    for number, start in enumerate(range(0, len(data), 7)):
        texts = [sentence(datum) for datum in data[start : start + 7]]
        texts += ["nothing to see"] * (7 - len(texts))
        found.append(
            InferenceEvent(
                event_id=f"planted-{number}",
                time=datetime.now(UTC),
                service_name=SERVICE,
                user_id=f"user-{number % 5}",
                prompt=f"Hello, {texts[0]}.",
                system_prompt=f"You help. Contact: {texts[1]}.",
                response=f"I'm sorry, I cannot help with that. {texts[2]}.",
                contexts=[f"From the files: {texts[3]}."],
                tools=[ToolCall(name="crm", arguments=f"{texts[4]}", result=f"{texts[5]}")],
                sampled_responses=[f"Well, {texts[6]}."],
                reference_answer=f"He said: {texts[0]}.",
                status="error",
                error_type="timeout",
                latency_seconds=1.0,
            )
        )
    return found


def refused(data: list[Datum]) -> list[bytes]:
    """Messages that are no events, for the dead letters, each with a datum."""
    found: list[dict[str, Any]] = []
    for number, datum in enumerate(data):
        event = {"event_id": f"refused-{number}", "time": datetime.now(UTC), "service_name": "x"}
        wrong = {"status": sentence(datum)} if number % 2 else {"prompt": 7}
        found.append({**event, "response": sentence(datum), **wrong})
    return [msgspec.json.encode(one) for one in found]


def feedback(data: list[Datum]) -> list[Feedback]:
    """Comments of users that hold data."""
    return [
        Feedback(
            feedback_id=f"feedback-{number}",
            event_id=f"planted-{number}",
            time=datetime.now(UTC),
            kind="thumb",
            value=0.0,
            comment=sentence(datum),
        )
        for number, datum in enumerate(data)
    ]
