"""The faults of a game day."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, structs

from schemas.monitors.problems import did_you_mean
from streams.replay.fault_spec import FaultKind, FaultSpec


class Scenario(Struct, frozen=True, kw_only=True):
    """A fault with a name: its kind, how strong it is and which events it hits.

    ``culprit`` has patterns of the dimensions by which a part of the service is to blame, any of
    them; none where the fault is about all of it. ``announced``: a change tells of the fault.
    """

    name: str
    kind: FaultKind
    strength: float
    scope: dict[str, str]
    culprit: dict[str, str] = {}
    announced: bool = False

    def spec(self, start: float, seconds: float) -> FaultSpec:
        """The fault, ``start`` seconds after the traffic begins."""
        return FaultSpec(
            kind=self.kind,
            start_seconds=start,
            duration_seconds=seconds,
            strength=self.strength,
            scope=self.scope,
        )


def _scenario(name: str, kind: FaultKind, strength: float, service: str) -> Scenario:
    return Scenario(name=name, kind=kind, strength=strength, scope={"service_name": service})


_ONE_MODEL: Final = {"request_model": "meridian-70b-instruct"}

SCENARIOS: Final = (
    _scenario("error_burst", "error_burst", 0.5, "support-assistant"),
    _scenario("latency_shift", "latency_shift", 3.0, "code-helper"),
    _scenario("traffic_stop", "traffic_stop", 1.0, "travel-planner"),
    _scenario("topic_shift", "topic_shift", 0.6, "support-assistant"),
    _scenario("toxic_answers", "toxic_answers", 0.3, "support-assistant"),
    _scenario("unsupported_answers", "unsupported_answers", 0.4, "support-assistant"),
    Scenario(
        name="bad_canary",
        kind="bad_canary",
        strength=0.2,
        scope={"service_name": "shop-search"},
        culprit={"release_role": "canary", "service_version": "*-canary"},
        announced=True,
    ),
    Scenario(
        name="model_swap",
        kind="model_swap",
        strength=1.0,
        scope={"service_name": "travel-planner"},
        culprit=_ONE_MODEL,
        announced=True,
    ),
    _scenario("cost_jump", "cost_jump", 3.0, "code-helper"),
    Scenario(
        name="one_model_fails",
        kind="error_burst",
        strength=0.6,
        scope={"service_name": "support-assistant"} | _ONE_MODEL,
        culprit=_ONE_MODEL,
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
    # What is to blame in them is not known.
    return [structs.replace(each, scope=scope, culprit={}) for each in found]
