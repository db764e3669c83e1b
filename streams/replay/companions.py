"""Feedback on answers: what users and judges say about a share of them, somewhat later."""

from datetime import UTC, datetime

import numpy as np
from msgspec import Struct

from schemas.feedback import Feedback, FeedbackKind, FeedbackSource
from streams.replay.simulated import Simulated

COMMENTS_GOOD = ("", "", "", "Exactly what I needed.", "Quick and clear.", "That solved it.")
COMMENTS_BAD = ("", "", "", "That is not true.", "Not what I asked.", "Useless.", "Too slow.")


class FeedbackShares(Struct, frozen=True, kw_only=True):
    """Shares of events that get feedback of each kind, and the mean delay in seconds."""

    thumb: float = 0.04
    regenerate: float = 0.008
    edit: float = 0.006
    judge: float = 0.01
    delay_seconds: float = 40.0


class FeedbackModel:
    """Draws feedback from how pleased each event's user is.

    Parameters
    ----------
    shares
        How much feedback there is.
    rng
        Where the randomness comes from.
    """

    def __init__(self, shares: FeedbackShares, rng: np.random.Generator) -> None:
        self.shares = shares
        self._rng = rng
        kinds: list[tuple[FeedbackKind, FeedbackSource, float]] = [
            ("thumb", "user", shares.thumb),
            ("regenerate", "user", shares.regenerate),
            ("edit", "user", shares.edit),
            ("score", "judge", shares.judge),
        ]
        self._kinds = kinds
        self._edges = np.cumsum([share for _, _, share in kinds])

    def draw(self, rows: list[Simulated]) -> list[Feedback]:
        """Feedback on the given events, in their order; its times lie after theirs."""
        chosen = np.searchsorted(self._edges, self._rng.random(len(rows)), side="right")
        found = []
        for index in np.flatnonzero(chosen < len(self._kinds)).tolist():
            kind, source, _ = self._kinds[chosen[index]]
            found.append(self._feedback(rows[index], kind, source))
        return found

    def _feedback(self, row: Simulated, kind: FeedbackKind, source: FeedbackSource) -> Feedback:
        good = bool(self._rng.random() < row.pleased)
        delay = 1.0 + self._rng.exponential(self.shares.delay_seconds)
        latency = row.event.latency_seconds or 0.0
        comments = COMMENTS_GOOD if good else COMMENTS_BAD
        comment = comments[int(self._rng.integers(len(comments)))] if kind == "thumb" else ""
        value: float | None = float(good)
        if kind == "edit":
            value = round(float(self._rng.beta(1, 6) if good else self._rng.beta(4, 3)), 3)
        elif kind == "score":
            value = float(self._rng.integers(4, 6) if good else self._rng.integers(1, 4))
        elif kind == "regenerate":
            value = None
        return Feedback(
            feedback_id=f"{kind}-{row.event.event_id}"[:256],
            event_id=row.event.event_id,
            time=datetime.fromtimestamp(row.time + latency + delay, UTC),
            kind=kind,
            service_name=row.event.service_name,
            source=source,
            value=value,
            comment=comment,
            user_id=row.event.user_id if source == "user" else "",
        )
