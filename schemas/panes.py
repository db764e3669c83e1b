"""Panes: what ``score`` tells ``watch``.

A *pane* is a short stretch of event time, the same for all (``pane_seconds``), aligned to the
epoch. A message carries, for one commit of one worker, the summaries of every segment and pane
that the commit's events touched, and how far each source partition is complete, so that ``watch``
knows the difference between "nothing happened" and "not seen yet".
"""

import msgspec
from msgspec import Raw, Struct

from schemas.decoding import bounded
from schemas.segments import Segment

SCHEMA_VERSION = 1


class Example(Struct, frozen=True, array_like=True):
    """An event worth showing: bad for an objective or threshold, with redacted excerpts.

    Examples are a bottom-k sample: those with the smallest ``priority`` (a hash of the event id)
    are kept, so the sample is uniform and merges exactly.
    """

    priority: int
    event_id: str
    time: float
    prompt_excerpt: str
    response_excerpt: str


class Pane(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Summaries of one segment's events in one pane (a part of them: parts merge).

    ``start`` is in seconds since the epoch. ``signals`` holds encoded summaries by signal name;
    a signal that no event carried is left out. ``examples`` is by the condition that they fulfil.
    """

    start: int
    segment: Segment
    events: int
    signals: dict[str, Raw]
    examples: dict[str, list[Example]] = {}


class PaneBatch(Struct, frozen=True, kw_only=True):
    """One message of the panes topic.

    ``complete_until`` gives for each source partition (``topic/partition``) the event time, in
    seconds since the epoch, up to which all its events have been folded into panes; 0 as long as
    none of its events was: whoever closes windows has to wait for it.
    ``newest_event`` is the largest event time folded in this commit, ``None`` when there was none.
    """

    worker: str
    pane_seconds: int
    complete_until: dict[str, float]
    panes: list[Pane]
    newest_event: float | None = None
    schema_version: int = SCHEMA_VERSION


encode_pane_batch = msgspec.msgpack.Encoder().encode
_decode = bounded(msgspec.msgpack.Decoder(PaneBatch).decode)


def decode_pane_batch(data: bytes) -> PaneBatch:
    """Read a message of the panes topic.

    Raises ``msgspec.DecodeError`` when the bytes are no pane batch, ``ValueError`` when they are
    of a schema version this release does not know.
    """
    batch = _decode(data)
    if batch.schema_version != SCHEMA_VERSION:
        raise ValueError(
            f"pane batch of schema version {batch.schema_version}; this release reads "
            f"{SCHEMA_VERSION}: upgrade watch before score"
        )
    return batch
