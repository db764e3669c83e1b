"""How far event time is complete, from what every source partition tells."""

from collections.abc import Mapping

from msgspec import Struct

LONGEST_SILENCE = 5.0
"""Seconds that a silence of all sources counts at most; more than between two heartbeats."""


class Source(Struct, array_like=True):
    """A source partition: complete until when (event time), and heard at which listening time."""

    until: float
    heard_at: float


class Progress(Struct, array_like=True):
    """What the sources have told.

    Patience with a source is measured in *listening time*: the time between messages by their own
    Kafka timestamps, of which a silence counts no more than ``LONGEST_SILENCE``. It is no event
    time, which runs through hours in seconds when a backlog is worked off, and it stands still in
    an outage: after one, a source has as long to come back as ever, whoever was back first. It
    comes from the log alone, so a replay judges as the first pass did.

    >>> progress = Progress()
    >>> progress.hear({"inference/0": 100.0, "inference/1": 90.0}, told_at=101)
    >>> progress.complete(60)
    90.0
    >>> progress.hear({"inference/0": 3700.0}, told_at=3701)  # an hour's backlog after an outage
    >>> progress.complete(60)
    90.0
    >>> for at in range(3702, 3762):
    ...     progress.hear({"inference/0": at - 1.0}, told_at=at)
    >>> progress.complete(60)
    3760.0
    """

    sources: dict[str, Source] = {}
    listened: float = 0.0
    told_at: float = 0.0

    def hear(self, complete_until: Mapping[str, float], told_at: float) -> None:
        """Take in the progress of a message told at ``told_at`` (epoch seconds).

        A source never goes back, and nor does listening time where clocks differ.
        """
        if self.told_at:
            self.listened += min(max(told_at - self.told_at, 0.0), LONGEST_SILENCE)
        self.told_at = max(told_at, self.told_at)
        for name, until in complete_until.items():
            known = self.sources.get(name)
            newest = until if known is None else max(until, known.until)
            self.sources[name] = Source(float(newest), self.listened)

    def complete(self, idle_seconds: float) -> float | None:
        """The time up to which all sources are complete; ``None`` while that of one is not known.

        A source that is complete until 0 has a reader that has taken nothing of it yet. One not
        heard for more than ``idle_seconds`` of listening time is left out.
        """
        until = min(
            (s.until for s in self.sources.values() if self.listened - s.heard_at <= idle_seconds),
            default=0.0,
        )
        return until if until > 0 else None
