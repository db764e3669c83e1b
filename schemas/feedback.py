"""Feedback: how an inference turned out, told by a person, a judge or the ground truth.

It may come late, before its event, more than once, or never.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from schemas.decoding import bounded
from schemas.events import Identifier, Instant, Name, Probability

SCHEMA_VERSION = 1

FeedbackKind = Literal["thumb", "regenerate", "edit", "score", "label"]
FeedbackSource = Literal["user", "expert", "judge", "ground_truth"]


class Feedback(Struct, frozen=True, kw_only=True):
    """One judgement of one inference; the same ``feedback_id`` twice is one judgement.

    ``value`` is 1 (good) or 0 (bad) for thumbs, the share of text changed (0..1) for edits, any
    number for scores; ``label`` is the category given for labels. Of a judge, ``judge`` is its
    name, and ``inclusion_probability`` how probable it was that this event was chosen for it, where
    it sees a sample only.
    """

    feedback_id: Identifier
    event_id: Identifier
    time: Instant
    kind: FeedbackKind
    schema_version: int = SCHEMA_VERSION
    service_name: Name = ""
    source: FeedbackSource = "user"
    value: float | None = None
    label: Name = ""
    comment: str = ""
    user_id: Name = ""
    judge: Name = ""
    inclusion_probability: Probability | None = None


decode_feedback = bounded(msgspec.json.Decoder(Feedback).decode)
"""Read feedback; raises ``msgspec.DecodeError`` for what is none."""
