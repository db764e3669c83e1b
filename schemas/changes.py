"""A change that went live: what alerts look back on when they ask why."""

from typing import Literal

import msgspec
from msgspec import Struct

from schemas.decoding import bounded
from schemas.events import Identifier, Instant, Name

SCHEMA_VERSION = 1

ChangeKind = Literal["release", "model", "prompt", "index", "configuration", "guardrail", "traffic"]


class Change(Struct, frozen=True, kw_only=True):
    """Something that went live at ``time`` in the part of traffic that ``segment`` names.

    ``segment`` holds dimension names and values as in :mod:`schemas.segments`; empty is everything.
    """

    change_id: Identifier
    time: Instant
    kind: ChangeKind
    schema_version: int = SCHEMA_VERSION
    segment: dict[Name, Name] = {}
    before: Name = ""
    after: Name = ""
    description: str = ""
    author: Name = ""
    link: str = ""


decode_change = bounded(msgspec.json.Decoder(Change).decode)
