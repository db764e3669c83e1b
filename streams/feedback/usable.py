"""Which messages of the topic of feedback count."""

import msgspec

from schemas.feedback import SCHEMA_VERSION, Feedback, decode_feedback
from streams.settings import ScoreSettings


def usable(value: bytes, limits: ScoreSettings, now: float) -> Feedback | None:
    """The feedback; ``None`` for what the sink puts among the dead letters, or is far off.

    ``now`` is in seconds since the epoch.
    """
    try:
        feedback = decode_feedback(value)
    except msgspec.DecodeError:
        return None
    past = limits.past_days * 86400
    fits = now - past <= feedback.time.timestamp() <= now + limits.future_seconds
    return feedback if fits and feedback.schema_version == SCHEMA_VERSION else None
