"""Faults done to traffic on request, with an exact record of what was done."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from msgspec import Struct

from schemas.changes import Change, ChangeKind
from streams.replay.fault_effects import EFFECTS
from streams.replay.fault_spec import FaultKind, FaultSpec
from streams.replay.simulated import Chunk, Simulated


class FaultTruth(Struct, kw_only=True):
    """What a fault did: a line of the truth file.

    ``end`` is ``None`` for a fault that lasts until the traffic ends. The affected events of
    ``traffic_stop`` are those that were never sent.
    """

    fault: FaultKind
    scope: dict[str, str]
    start: datetime
    end: datetime | None
    strength: float
    events_in_scope: int = 0
    affected_events: int = 0
    first_affected_event_id: str = ""
    last_affected_event_id: str = ""


class Faults:
    """Does faults to the chunks of a stream, in their order.

    Which events are hit depends on seed and event id alone, not on how the stream is cut.

    Parameters
    ----------
    specs
        What to do.
    start
        Time of the first event, seconds since the epoch: faults count from there.
    seed
        Decides which events are hit, and the texts they get.
    """

    def __init__(self, specs: Sequence[FaultSpec], start: float, seed: int = 1) -> None:
        self._active = [
            _Fault(spec, number, start, f"{seed}/{number}/".encode())
            for number, spec in enumerate(specs)
        ]

    @property
    def truths(self) -> list[FaultTruth]:
        """What has been done so far, one record for each fault."""
        return [fault.truth for fault in self._active]

    def apply(self, chunk: Chunk) -> Chunk:
        """The chunk with its faults. Rows are changed in place; stopped ones are left out."""
        for fault in self._active:
            chunk = fault.apply(chunk)
        return chunk


class _Fault:
    def __init__(self, spec: FaultSpec, number: int, start: float, salt: bytes) -> None:
        self.spec = spec
        self.number = number
        self.salt = salt
        self.start = start + spec.start_seconds
        length = spec.duration_seconds
        self.end = float("inf") if length is None else self.start + length
        self.truth = FaultTruth(
            fault=spec.kind,
            scope=spec.scope,
            start=datetime.fromtimestamp(self.start, UTC),
            end=None if length is None else datetime.fromtimestamp(self.end, UTC),
            strength=spec.strength,
        )
        self.announced: dict[str, tuple[str, str]] = {}
        self.withdrawn = False

    def apply(self, chunk: Chunk) -> Chunk:
        rows = chunk.rows
        if not rows or rows[-1].time < self.start:
            return chunk
        changes = list(chunk.changes)
        if rows[0].time < self.end:
            kept: list[Simulated] = []
            for row in rows:
                inside = self.start <= row.time < self.end and self.spec.hits(row.event)
                if not inside or self._hit(row, changes):
                    kept.append(row)
            rows = kept
        if chunk.rows[-1].time >= self.end and not self.withdrawn:
            self.withdrawn = True
            changes += self._withdrawals()
        return Chunk(rows=rows, changes=changes)

    def _hit(self, row: Simulated, changes: list[Change]) -> bool:
        """Do the fault to a row in scope; whether the row is still sent."""
        self.truth.events_in_scope += 1
        event = row.event
        kind = self.spec.kind
        # A canary serves some users, all the time; other faults hit some events of everybody.
        unit = (event.user_id or event.event_id) if kind == "bad_canary" else event.event_id
        draw = self._hash(unit) / 2**64
        if kind not in {"latency_shift", "cost_jump"} and draw >= self.spec.strength:
            return True
        if kind == "traffic_stop":
            self._count(event.event_id)
            return False
        before = event.service_version, event.request_model
        rng = random.Random(self._hash(event.event_id + "/texts"))
        if EFFECTS[kind](row, self.spec, rng):
            self._count(event.event_id)
            self._announce(row, before, changes)
        return True

    def _hash(self, text: str) -> int:
        digest = blake2b(self.salt + text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big")

    def _count(self, event_id: str) -> None:
        self.truth.affected_events += 1
        self.truth.first_affected_event_id = self.truth.first_affected_event_id or event_id
        self.truth.last_affected_event_id = event_id

    def _announce(self, row: Simulated, before: tuple[str, str], changes: list[Change]) -> None:
        """Publish the change behind the fault, once a service."""
        service = row.event.service_name
        if self.spec.kind not in {"bad_canary", "model_swap"} or service in self.announced:
            return
        if self.spec.kind == "bad_canary":
            old, new = before[0], row.event.service_version
        else:
            old, new = before[1], row.event.request_model
        self.announced[service] = old, new
        changes.append(self._change(service, row.time, old, new, ""))

    def _withdrawals(self) -> list[Change]:
        return [
            self._change(service, self.end, new, old, "-back")
            for service, (old, new) in self.announced.items()
        ]

    def _change(self, service: str, time: float, before: str, after: str, suffix: str) -> Change:
        kind: ChangeKind = "release" if self.spec.kind == "bad_canary" else "model"
        return Change(
            change_id=f"{service}-{kind}-fault{self.number}-{int(self.start)}{suffix}",
            time=datetime.fromtimestamp(time, UTC),
            kind=kind,
            segment={"service_name": service},
            before=before,
            after=after,
            description=f"{service}: {before} to {after}",
            author="deploy-bot",
        )
