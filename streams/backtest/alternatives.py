"""Other settings of a monitor worth a look, beside its own."""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    DriftMonitor,
    NoDataMonitor,
    ThresholdMonitor,
)

AS_IT_IS: Final = "as it is"
_FIFTH: Final = 0.2


def alternatives(monitor: AnyMonitor) -> Iterator[tuple[str, AnyMonitor]]:
    """Settings in words, and the monitor so set; its own first."""
    yield AS_IT_IS, monitor
    match monitor:
        case DriftMonitor():
            for factor, words in ((10, "a tenth of"), (0.1, "ten times")):
                seconds = monitor.false_alarm_seconds * factor
                other = structs.replace(monitor, false_alarm_seconds=seconds)
                yield f"{words} the false alarms", other
            effect = 2 * monitor.minimum_effect
            if 0 < effect < 1:
                other = structs.replace(monitor, minimum_effect=effect)
                yield f"minimum effect {effect:g}", other
        case ThresholdMonitor():
            yield "bounds a fifth wider", _widened(monitor, _FIFTH)
            yield "bounds a fifth closer", _widened(monitor, -_FIFTH)
        case BurnRateMonitor():
            yield "burn rates a fifth higher", _burning(monitor, 1 + _FIFTH)
            yield "burn rates a fifth lower", _burning(monitor, 1 - _FIFTH)
        case NoDataMonitor():
            seconds = 2 * monitor.for_seconds
            yield "twice as patient", structs.replace(monitor, for_seconds=seconds)


def _widened(monitor: ThresholdMonitor, share: float) -> ThresholdMonitor:
    def upper(value: float | None) -> float | None:
        return None if value is None else value + share * abs(value)

    def lower(value: float | None) -> float | None:
        return None if value is None else value - share * abs(value)

    return structs.replace(
        monitor,
        upper=upper(monitor.upper),
        resolve_upper=upper(monitor.resolve_upper),
        lower=lower(monitor.lower),
        resolve_lower=lower(monitor.resolve_lower),
    )


def _burning(monitor: BurnRateMonitor, factor: float) -> BurnRateMonitor:
    """Factors that every event would have to be bad for, and more, stay as they are."""
    tiers = tuple(
        structs.replace(tier, factor=tier.factor * factor)
        if tier.factor * factor * (1 - monitor.target) < 1
        else tier
        for tier in monitor.tiers
    )
    return structs.replace(monitor, tiers=tiers)
