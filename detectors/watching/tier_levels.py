"""The tiers of a budget's burn-rate alerts, made ready: windows, levels, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.watching.verdict import Level
from schemas.alerts import Severity
from schemas.monitors.resolved import BurnRateTier

_WORST: dict[Severity, int] = {"page": 0, "ticket": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class TierLevel:
    """A tier and the level that alerts know it by."""

    tier: BurnRateTier
    level: Level


def tier_levels(tiers: Sequence[BurnRateTier]) -> list[TierLevel]:
    """Worst first: by severity, then by factor."""
    found = [
        TierLevel(tier, Level(str(number), tier.severity, tier.for_seconds))
        for number, tier in enumerate(tiers)
    ]
    return sorted(found, key=lambda t: (_WORST[t.tier.severity], -t.tier.factor))


def windows_of(tiers: Sequence[BurnRateTier]) -> list[int]:
    """All windows of the tiers, ascending."""
    return sorted({window for t in tiers for window in (t.long_seconds, t.short_seconds)})
