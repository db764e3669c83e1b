"""The faults of a game day."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from schemas.monitors.problems import did_you_mean
from streams.replay.fault_spec import FaultKind, FaultSpec


class Scenario(Struct, frozen=True, kw_only=True):
    """A fault with a name: its kind, how strong it is and which events it hits."""

    name: str
    kind: FaultKind
    strength: float
    scope: dict[str, str]

    def spec(self, start: float, seconds: float) -> FaultSpec:
        """The fault, ``start`` seconds after the traffic begins."""
        return FaultSpec(
            kind=self.kind,
            start_seconds=start,
            duration_seconds=seconds,
            strength=self.strength,
            scope=self.scope,
        )


def _scenario(name: str, kind: FaultKind, strength: float, service: str, **more: str) -> Scenario:
    return Scenario(name=name, kind=kind, strength=strength, scope={"service_name": service} | more)


SCENARIOS: Final = (
    _scenario("error_burst", "error_burst", 0.5, "support-assistant"),
    _scenario("latency_shift", "latency_shift", 3.0, "code-helper"),
    _scenario("traffic_stop", "traffic_stop", 1.0, "travel-planner"),
    _scenario("topic_shift", "topic_shift", 0.6, "support-assistant"),
    _scenario("toxic_answers", "toxic_answers", 0.3, "support-assistant"),
    _scenario("unsupported_answers", "unsupported_answers", 0.4, "support-assistant"),
    _scenario("bad_canary", "bad_canary", 0.2, "shop-search"),
    _scenario("model_swap", "model_swap", 1.0, "travel-planner"),
    _scenario("cost_jump", "cost_jump", 3.0, "code-helper"),
    _scenario(
        "one_model_fails",
        "error_burst",
        0.6,
        "support-assistant",
        request_model="meridian-70b-instruct",
    ),
)
"""Ten faults of the made-up applications, as strong as `tidewatch replay` makes them."""


def chosen(names: Sequence[str], scope: dict[str, str] | None = None) -> list[Scenario]:
    """The scenarios of these names, or all.

    Parameters
    ----------
    names
        Empty: all.
    scope
        Which events to hit, instead of the scenarios' own scopes.

    Raises
    ------
    ValueError
        A name that there is not.
    """
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names:
        if name not in by_name:
            raise ValueError(f"there is no fault {name!r}" + did_you_mean(name, by_name))
    found = [by_name[name] for name in names] if names else list(SCENARIOS)
    if scope is None:
        return found
    return [
        Scenario(name=each.name, kind=each.kind, strength=each.strength, scope=scope)
        for each in found
    ]
