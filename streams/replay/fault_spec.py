"""Faults as they are asked for: ``error_burst@60s+120s:service=support-assistant,strength=0.3``."""

import re
from typing import Final, Literal, get_args

from msgspec import Struct

from schemas.events import InferenceEvent

FaultKind = Literal[
    "error_burst",
    "latency_shift",
    "traffic_stop",
    "topic_shift",
    "toxic_answers",
    "unsupported_answers",
    "bad_canary",
    "model_swap",
    "cost_jump",
]

KINDS: Final[dict[str, FaultKind]] = {kind: kind for kind in get_args(FaultKind)}

SCOPES: Final = {
    "service": "service_name",
    "use_case": "use_case",
    "model": "request_model",
    "release": "service_version",
    "role": "release_role",
    "prompt_version": "prompt_version",
}
"""What a fault may be restricted to, and the event's field it is compared with."""

DEFAULT_STRENGTH: Final[dict[str, float]] = {
    "error_burst": 0.5,
    "latency_shift": 3.0,
    "traffic_stop": 1.0,
    "topic_shift": 0.6,
    "toxic_answers": 0.3,
    "unsupported_answers": 0.4,
    "bad_canary": 0.2,
    "model_swap": 1.0,
    "cost_jump": 3.0,
}

FACTORS: Final = frozenset({"latency_shift", "cost_jump"})
"""Faults whose strength is a factor; the others' is the share of events (canary: of users)."""

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPEC = re.compile(
    r"(?P<kind>\w+)@(?P<start>[\d.]+)(?P<start_unit>[smhd]?)"
    r"(?:\+(?P<length>[\d.]+)(?P<length_unit>[smhd]?))?(?::(?P<options>.*))?"
)


class FaultSpec(Struct, frozen=True, kw_only=True):
    """A fault to come.

    ``start_seconds`` count from the first event; ``duration_seconds`` of ``None`` is until the
    end. ``strength`` is the share of the scope's events that are hit, between 0 and 1, for
    ``latency_shift`` and ``cost_jump`` the factor. ``scope`` holds event fields and their values.
    """

    kind: FaultKind
    start_seconds: float
    duration_seconds: float | None
    strength: float
    scope: dict[str, str] = {}

    def hits(self, event: InferenceEvent) -> bool:
        """Whether the event is in the fault's scope."""
        return all(getattr(event, field) == value for field, value in self.scope.items())


def parse_fault(text: str) -> FaultSpec:
    """Read a fault's specification. Raises ``ValueError`` that says what is wrong with it.

    >>> spec = parse_fault("latency_shift@1m+90s:model=aurora-4-mini,strength=2.5")
    >>> spec.start_seconds, spec.duration_seconds, spec.strength, spec.scope
    (60.0, 90.0, 2.5, {'request_model': 'aurora-4-mini'})
    """
    found = _SPEC.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f"fault {text!r}: not of the form kind@start[+duration][:name=value,...], "
            "such as error_burst@60s+120s:service=support-assistant,strength=0.3"
        )
    kind = KINDS.get(found["kind"])
    if kind is None:
        raise ValueError(f"fault {text!r}: no kind {found['kind']!r}; there are {', '.join(KINDS)}")
    strength = DEFAULT_STRENGTH[kind]
    scope: dict[str, str] = {}
    for option in filter(None, (found["options"] or "").split(",")):
        name, equals, value = option.partition("=")
        if not equals or (name != "strength" and name not in SCOPES):
            raise ValueError(
                f"fault {text!r}: {option!r} is no option; there are strength, {', '.join(SCOPES)}"
            )
        if name == "strength":
            strength = _number(text, value)
        else:
            scope[SCOPES[name]] = value
    if kind not in FACTORS and not 0 < strength <= 1:
        raise ValueError(f"fault {text!r}: strength of {kind} is a share above 0, at most 1")
    if strength <= 0:
        raise ValueError(f"fault {text!r}: strength must be above 0")
    length = found["length"]
    return FaultSpec(
        kind=kind,
        start_seconds=_number(text, found["start"]) * _SECONDS[found["start_unit"]],
        duration_seconds=(
            None if length is None else _number(text, length) * _SECONDS[found["length_unit"]]
        ),
        strength=strength,
        scope=scope,
    )


def _number(text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"fault {text!r}: {value!r} is no number") from None
