"""What a segment and its parts are compared by: something bad that adds up over the parts."""

from collections.abc import Callable
from dataclasses import dataclass

from detectors.drift.counts import known_count
from detectors.drift.witness import witness
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary
from detectors.watching.needs import EVENTS

BadOf = Callable[..., tuple[int, float]]
"""How many values are known, and how much bad they hold, by the summaries (``None`` of nothing)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A quantity that adds up over the parts of a segment, exactly.

    ``bad_of`` tells it from the summaries of ``signals``; ``usual`` of it a known value was to be
    expected. ``fewer`` says that less of it is what is wrong. ``own_past`` says that what a part
    always had more of than others is not counted, where the past tells. ``counted`` says that what
    is bad are events, each bad or not.
    """

    signals: tuple[str, ...]
    bad_of: BadOf
    usual: float = 0.0
    fewer: bool = False
    own_past: bool = False
    counted: bool = False

    @property
    def of_events(self) -> bool:
        """Whether it is the number of events itself, of which no part has more than its size."""
        return self.signals == (EVENTS,)


def of_events(*, fewer: bool = False) -> Shares:
    """The number of events, of which there are too many or too few."""

    def bad_of(events: Summary | None) -> tuple[int, float]:
        count = known_count(events)
        return count, count

    return Shares((EVENTS,), bad_of, fewer=fewer)


def of_flag(signal: str, value: bool) -> Shares:
    """Events of which a flag has this value."""

    def bad_of(flag: Summary | None) -> tuple[int, float]:
        if not isinstance(flag, FlagCounts):
            return 0, 0.0
        return flag.count, flag.positive if value else flag.count - flag.positive

    return Shares((signal,), bad_of, counted=True)


def of_sum(signal: str, *, short_of: float | None = None) -> Shares:
    """The sum of an amount, or by how much it falls short of so much a value."""

    def bad_of(amount: Summary | None) -> tuple[int, float]:
        if not isinstance(amount, Distribution):
            return 0, 0.0
        return amount.count, amount.sum

    return Shares((signal,), bad_of, short_of or 0.0, fewer=short_of is not None)


def of_values_beyond(signal: str, bound: float, *, above: bool) -> Shares:
    """Values above a bound, or those that are not, within the bound's bucket."""

    def bad_of(amount: Summary | None) -> tuple[int, float]:
        if not isinstance(amount, Distribution):
            return 0, 0.0
        most = amount.count_at_most(bound)[1]
        return amount.count, amount.count - most if above else most

    return Shares((signal,), bad_of, counted=True)


def of_change(signal: str, before: Summary, now: Summary) -> Shares | None:
    """What makes the difference of two summaries of a signal; ``None`` where there is none."""
    summed = witness(before, now)
    if summed is None:
        return None

    def bad_of(summary: Summary | None) -> tuple[int, float]:
        known = known_count(summary)
        return (known, summed(summary)) if summary is not None and known else (0, 0.0)

    known, bad = bad_of(before)
    return Shares((signal,), bad_of, bad / max(known, 1), own_past=True)


def of_lack(signal: str, usual: float, *, more: bool) -> Shares:
    """Events that lack a signal, more often than usual or less."""

    def bad_of(events: Summary | None, summary: Summary | None) -> tuple[int, float]:
        count = known_count(events)
        return count, count - known_count(summary)

    return Shares((EVENTS, signal), bad_of, usual, fewer=not more, own_past=True)


def of_rates(signal: str, strata: str, usual: dict[str, float], *, more: bool) -> Shares:
    """Bad events beyond the usual rates of their strata, or below them.

    Of categories that count the bad events of ``signal`` and all events of ``strata``.
    """

    def bad_of(bad: Summary | None, every: Summary | None) -> tuple[int, float]:
        if not isinstance(every, CategoryCounts):
            return 0, 0.0
        counts = {name: n for name, n in every.counts.items() if name in usual}
        found = bad.counts if isinstance(bad, CategoryCounts) else {}
        excess = sum(found.get(name, 0) - n * usual[name] for name, n in counts.items())
        return sum(counts.values()), excess

    return Shares((signal, strata), bad_of, fewer=not more, own_past=True)
