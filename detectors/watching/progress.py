"""How far event time is complete, from what every source partition tells."""

from msgspec import Struct


class Source(Struct, array_like=True):
    """A source partition: complete until when, and how far any was when it was last heard."""

    until: float
    heard_at: float


def hear(sources: dict[str, Source], complete_until: dict[str, float]) -> None:
    """Take in a batch's progress; a source never goes back."""
    for name, until in complete_until.items():
        known = sources.get(name)
        sources[name] = Source(float(until if known is None else max(until, known.until)), 0.0)
    frontier = max((source.until for source in sources.values()), default=0.0)
    for name in complete_until:
        sources[name].heard_at = frontier


def complete(sources: dict[str, Source], idle_seconds: float) -> float | None:
    """The time up to which all sources are complete, ``None`` as long as that of one is not known.

    A source that is complete until 0 has a reader that has taken nothing of it yet.
    A source that was last heard when the furthest one was more than ``idle_seconds`` behind where
    it is now is left out.

    >>> sources = {}
    >>> hear(sources, {"inference/0": 100.0, "inference/1": 90.0})
    >>> complete(sources, 60)
    90.0
    >>> hear(sources, {"inference/0": 200.0})
    >>> complete(sources, 60)
    200.0
    >>> hear(sources, {"inference/2": 0.0})
    >>> complete(sources, 60) is None
    True
    """
    if not sources:
        return None
    frontier = max(source.until for source in sources.values())
    until = min(s.until for s in sources.values() if frontier - s.heard_at <= idle_seconds)
    return until if until > 0 else None
