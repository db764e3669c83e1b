"""Messages to rows: the good ones by table, the bad ones with their reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from schemas.dead_letters import DeadLetter
from streams.sink.message import Message, RefusedError
from streams.sink.target import Redact, Row, Rows, Target


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes messages apart. ``targets`` are by the topic's full name."""

    targets: Mapping[str, Target]
    redact: Redact | None = None
    store_texts: bool = True

    def take(
        self, messages: Sequence[Message], now: datetime
    ) -> tuple[dict[str, Rows], list[DeadLetter]]:
        """Rows by table, and a dead letter for every message that cannot be stored."""
        batches: dict[str, _Batch] = {}
        letters: list[DeadLetter] = []
        for message in messages:
            target = self.targets[message.topic]
            batch = batches.setdefault(message.topic, _Batch(target))
            try:
                batch.add(message, target.rows(message))
            except RefusedError as error:
                letters.append(self._letter(message, error, now))
        tables = {}
        for batch in batches.values():
            rows, refused = self._fitting(batch, now)
            letters += refused
            if rows is not None:
                tables[batch.target.table] = rows
        return tables, letters

    def _fitting(self, batch: "_Batch", now: datetime) -> tuple[Rows | None, list[DeadLetter]]:
        """The batch as an Arrow table, without the messages that fit no column."""
        letters: list[DeadLetter] = []
        try:
            return self._arrow(batch.target, batch.rows), letters
        except RefusedError:
            pass
        good: list[Row] = []
        for message, rows in batch.taken:
            try:
                self._arrow(batch.target, rows)
            except RefusedError as error:
                letters.append(self._letter(message, error, now))
            else:
                good += rows
        return self._arrow(batch.target, good), letters

    def _arrow(self, target: Target, rows: Sequence[Row]) -> Rows | None:
        if not rows:
            return None
        return target.arrow(rows, self.redact, store_texts=self.store_texts)

    def _letter(self, message: Message, error: RefusedError, now: datetime) -> DeadLetter:
        detail = str(error)
        if self.redact is not None:
            # It may quote a value.
            detail = self.redact(pl.Series([detail], dtype=pl.String))[0]
        return DeadLetter(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            time=now,
            reason=error.reason,
            detail=detail,
            key=message.key,
            value=message.value,
            headers=message.headers,
        )


@dataclass(slots=True)
class _Batch:
    target: Target
    taken: list[tuple[Message, Sequence[Row]]] = field(default_factory=list)

    def add(self, message: Message, rows: Sequence[Row]) -> None:
        self.taken.append((message, rows))

    @property
    def rows(self) -> list[Row]:
        return [row for _, rows in self.taken for row in rows]
