"""Audit entries: who changed what Tidewatch watches and how, and what people did about alerts.

Transitions of alerts are no entries of their own: they are on the alerts topic, and the view
``audit`` shows both.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from schemas.decoding import bounded
from schemas.events import Identifier, Instant, Name

SCHEMA_VERSION = 1

AuditKind = Literal[
    "start", "monitor", "receiver", "setting", "reference", "acknowledgement", "silence"
]
AuditAction = Literal[
    "started", "added", "changed", "removed", "built", "acknowledged", "created", "expired"
]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Something that somebody did; the same ``entry_id`` twice is the same deed.

    ``process`` noticed it. ``before`` and ``after`` are what ``subject`` was and is: digests of
    monitors and receivers, values of settings; a secret is never among them, not even as a digest.
    """

    entry_id: Identifier
    time: Instant
    kind: AuditKind
    action: AuditAction
    subject: Name
    actor: Name = ""
    process: Name = ""
    before: Name = ""
    after: Name = ""
    description: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def key(self) -> str:
        """What the entry is the last word on: its key on the audit topic."""
        return f"{self.kind}|{self.process}|{self.subject}"


def entry_id(*parts: str) -> str:
    """An identity: 32 hexadecimal digits of what makes a deed the same deed.

    >>> entry_id("silence", "s1", "active") == entry_id("silence", "s1", "active")
    True
    """
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()


encode_audit_entry = msgspec.json.Encoder().encode
decode_audit_entry = bounded(msgspec.json.Decoder(AuditEntry).decode)
