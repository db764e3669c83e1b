"""Silences in Alertmanager, as audit entries: who silenced what, when, and until when."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx
import msgspec
import structlog
from msgspec import Struct

from schemas.audit import AuditEntry, entry_id
from schemas.events import Instant
from schemas.monitors.resolved import Receiver
from streams.http_client import HttpClient, body_of
from streams.outbound import Networks

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
_ANSWER_BYTES = 16 * 1024**2
_LONGEST = 256


class _Matcher(Struct):
    name: str
    value: str
    isRegex: bool = False  # noqa: N815 - Alertmanager's names
    isEqual: bool = True  # noqa: N815


class _Status(Struct):
    state: str


class Silence(Struct):
    """A silence as Alertmanager's API v2 tells it."""

    id: str
    status: _Status
    startsAt: Instant  # noqa: N815
    endsAt: Instant  # noqa: N815
    updatedAt: Instant  # noqa: N815
    createdBy: str = ""  # noqa: N815
    comment: str = ""
    matchers: list[_Matcher] = []


_decode = msgspec.json.Decoder(list[Silence]).decode


class SilenceFollower:
    """Asks Alertmanagers for their silences, in a thread of its own.

    What cannot be asked is asked again; what was noted before is noted again after a restart, with
    the same identity.

    Parameters
    ----------
    receivers
        Those of type ``alertmanager`` are asked.
    networks
        Where they may be.
    append
        Takes entries; may fail with ``ConnectionError``.
    timeout_seconds
        Longest wait for an answer.
    """

    def __init__(
        self,
        receivers: Sequence[Receiver],
        *,
        networks: Networks,
        append: Callable[[list[AuditEntry]], None],
        timeout_seconds: float,
    ) -> None:
        self._asked = [one for one in receivers if one.type == "alertmanager"]
        self._client = HttpClient(networks, timeout_seconds=timeout_seconds)
        self._append = append
        self._noted: set[str] = set()

    def start(self, stop: threading.Event) -> None:
        """Follow until ``stop`` is set; nothing happens without an Alertmanager."""
        if self._asked:
            threading.Thread(target=self._run, args=(stop,), name="silences", daemon=True).start()

    def look(self) -> int:
        """Ask all once; gives how many entries were new."""
        new: list[AuditEntry] = []
        for receiver in self._asked:
            try:
                silences = self._silences(receiver)
            except (httpx.HTTPError, OSError, ValueError) as error:
                log.warning("silences_unknown", receiver=receiver.name, error=type(error).__name__)
                continue
            new += [e for s in silences for e in entries(s, receiver.name)]
        new = [entry for entry in new if entry.entry_id not in self._noted]
        if new:
            self._append(new)
            self._noted |= {entry.entry_id for entry in new}
        return len(new)

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(EVERY_SECONDS):
            try:
                self.look()
            except ConnectionError as error:
                log.warning("audit_not_written", error=str(error))

    def _silences(self, receiver: Receiver) -> list[Silence]:
        base = receiver.url.removesuffix("/").removesuffix("/api/v2/alerts")
        headers = {"Authorization": f"Bearer {receiver.secret}"} if receiver.secret else {}
        answer = self._client.call("GET", f"{base}/api/v2/silences", headers, _body)
        if len(answer) > _ANSWER_BYTES:
            raise ValueError("more silences than can be read")
        return _decode(answer)


async def _body(response: httpx.Response) -> bytes:
    response.raise_for_status()
    return await body_of(response, _ANSWER_BYTES)


def entries(silence: Silence, receiver: str) -> list[AuditEntry]:
    """What there is to note of a silence: that it was made, and that it has ended."""
    matchers = ", ".join(
        f"{m.name}{'=' if m.isEqual else '!'}{'~' if m.isRegex else '=' if not m.isEqual else ''}"
        f"{m.value!r}"
        for m in silence.matchers
    )
    until = silence.endsAt.isoformat(timespec="seconds")

    def entry(action: str, time: datetime) -> AuditEntry:
        told = {
            "entry_id": entry_id("silence", receiver, silence.id, action),
            "time": time,
            "kind": "silence",
            "action": action,
            "subject": silence.id[:_LONGEST],
            "actor": silence.createdBy[:_LONGEST],
            "process": "notify",
            "after": until,
            "description": f"{receiver}: {matchers}; {silence.comment}"[:2000],
        }
        return msgspec.convert(told, AuditEntry)

    found = [entry("created", min(silence.startsAt, silence.updatedAt))]
    if silence.status.state == "expired":
        found.append(entry("expired", silence.endsAt))
    return found
