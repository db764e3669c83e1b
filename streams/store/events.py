"""Events with their signals as rows of ``raw_events``, and inserting them."""

# pyarrow declares its names in a compiled module that mypy cannot see into.
# mypy: disable-error-code="attr-defined,name-defined"

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from detectors.batch import EventBatch
from detectors.text.column import TextColumn
from schemas.clickhouse.signals import event_columns, signal_columns
from schemas.events import Context, InferenceEvent
from schemas.signals import Signal, SignalKind
from streams.store.insert import insert_rows

Redact = Callable[[TextColumn], pl.Series]

_FIELDS = tuple(name for name in event_columns() if name in InferenceEvent.__struct_fields__)
_TEXTS = ("prompt", "system_prompt", "response", "reference_answer")
_LISTS = ("sampled_responses", "contexts", "labels")
_SCALARS = tuple(name for name in _FIELDS if name not in (*_TEXTS, *_LISTS))
_TYPES: dict[SignalKind, pl.DataType] = {
    "flag": pl.Boolean(),
    "score": pl.Float64(),
    "amount": pl.Float64(),
    "category": pl.String(),
    "vector": pl.List(pl.Float32()),
}
_STRING = pl.String()
_BARE = Context(text="")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a batch's events were read: one topic, a partition and an offset an event."""

    topic: str
    partitions: Sequence[int]
    offsets: Sequence[int]


def unredacted(texts: TextColumn) -> pl.Series:
    """The texts as they are."""
    return texts.values


def event_rows(
    batch: EventBatch,
    signals: pl.DataFrame,
    declared: Sequence[Signal],
    origins: Origins,
    *,
    detector_versions: Mapping[str, str],
    scored_at: datetime,
    redact: Redact = unredacted,
    store_texts: bool = True,
) -> pa.Table:
    """Rows of ``raw_events``, one an event, in the batch's order.

    Parameters
    ----------
    batch
        The events.
    signals
        A row an event, a column a signal by its name; signals without a column are left null.
    declared
        The signals to store.
    origins
        Where the events were read.
    detector_versions
        Version of every detector by its name.
    scored_at
        When the batch was scored, with its time zone: of copies of an event the last is kept.
    redact
        Takes personal data out of a column of texts; nulls stay null.
    store_texts
        Whether texts are stored at all; otherwise their columns stay empty.

    Raises
    ------
    ValueError
        A signal has no column of its own: see :func:`schemas.clickhouse.signals.signal_columns`.
    """
    rows = len(batch)
    scalars = batch.select(_SCALARS)
    texts = _texts(batch, redact) if store_texts else {}
    found: dict[str, pl.Series] = {}
    for column in signal_columns(declared):
        if not column.is_field and column.signal.name in signals.columns:
            found[column.name] = signals[column.signal.name].cast(_TYPES[column.signal.kind])
    versions = ",".join(f"{name}={version}" for name, version in detector_versions.items())
    columns = {
        **_arrays(scalars.to_dict()),
        **_details(batch),
        **texts,
        **_arrays(found),
        "labels": _maps(batch.field("labels")),
        "detector_versions": _same(versions, rows),
        "kafka_topic": _same(origins.topic, rows),
        "kafka_partition": pa.array(origins.partitions, pa.int32()),
        "kafka_offset": pa.array(origins.offsets, pa.int64()),
        "scored_at": pa.repeat(pa.scalar(scored_at, pa.timestamp("ms", "UTC")), rows),
    }
    return pa.table(columns)


def _texts(batch: EventBatch, redact: Redact) -> dict[str, pa.Array]:
    tools, samples = batch.field("tools"), batch.field("sampled_responses")
    calls = list(chain.from_iterable(tools))
    lists = {
        "sampled_responses": (_offsets(samples), TextColumn(list(chain.from_iterable(samples)))),
        "contexts": (pa.array(batch.contexts.offsets, pa.int32()), batch.contexts.column),
        "tool_arguments": (_offsets(tools), TextColumn([call.arguments for call in calls])),
        "tool_results": (_offsets(tools), TextColumn([call.result for call in calls])),
    }
    items = _arrays({name: redact(column) for name, (_, column) in lists.items()})
    return {
        **_arrays({name: redact(batch.text(name)) for name in _TEXTS}),
        **{n: pa.ListArray.from_arrays(offsets, items[n]) for n, (offsets, _) in lists.items()},
    }


def _details(batch: EventBatch) -> dict[str, pa.Array]:
    """What hangs on contexts, tools and guardrails beside their texts."""
    contexts, tools, guardrails = map(batch.field, ("contexts", "tools", "guardrails"))
    passages = [c if isinstance(c, Context) else _BARE for c in chain.from_iterable(contexts)]
    calls = list(chain.from_iterable(tools))
    checks = list(chain.from_iterable(guardrails))
    per_context = _offsets(contexts)
    per_tool = _offsets(tools)
    per_guardrail = _offsets(guardrails)
    return {
        "context_ids": _lists(per_context, [c.id for c in passages]),
        "context_sources": _lists(per_context, [c.source for c in passages]),
        "context_scores": _lists(per_context, [c.score for c in passages], pl.Float64()),
        "tool_names": _lists(per_tool, [call.name for call in calls]),
        "tool_error_types": _lists(per_tool, [call.error_type for call in calls]),
        "guardrail_names": _lists(per_guardrail, [check.name for check in checks]),
        "guardrail_stages": _lists(per_guardrail, [check.stage for check in checks]),
        "guardrail_outcomes": _lists(per_guardrail, [check.outcome for check in checks]),
        "guardrail_scores": _lists(per_guardrail, [check.score for check in checks], pl.Float64()),
    }


def _arrays(series: Mapping[str, pl.Series]) -> dict[str, pa.Array]:
    # The oldest level: plain strings and lists, no views, which every ClickHouse reads.
    oldest = pl.CompatLevel.oldest()
    return {name: values.to_arrow(compat_level=oldest) for name, values in series.items()}


def _lists(offsets: pa.Array, flat: Sequence[Any], dtype: pl.DataType = _STRING) -> pa.Array:
    """Lists as an Arrow array: all their items in a row, and where each list begins."""
    items = pl.Series(flat, dtype=dtype)
    return pa.ListArray.from_arrays(offsets, _arrays({"items": items})["items"])


def _maps(rows: Sequence[Mapping[str, str]]) -> pa.Array:
    keys = pa.array(chain.from_iterable(rows), pa.string())
    values = pa.array(chain.from_iterable(row.values() for row in rows), pa.string())
    return pa.MapArray.from_arrays(_offsets(rows), keys, values)


def _same(value: str, rows: int) -> pa.Array:
    """One string for all rows, held once."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array([value], pa.string()))


def _offsets(rows: Sequence[Sized]) -> pa.Array:
    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, rows), dtype=np.int32, count=len(rows)), out=offsets[1:])
    return pa.array(offsets)


class EventWriter:
    """Inserts events with their signals.

    Parameters
    ----------
    client
        Connected to the database (:func:`streams.store.connection.connect`); used by one thread.
    signals
        The signals to store. Their columns must exist
        (:func:`streams.store.signals.ensure_signal_columns`).
    detector_versions
        Version of every detector by its name.
    redact
        Takes personal data out of texts before they are stored, or :func:`unredacted`.
    store_texts
        Whether texts are stored at all.
    """

    def __init__(
        self,
        client: Client,
        signals: Sequence[Signal],
        *,
        detector_versions: Mapping[str, str],
        redact: Redact,
        store_texts: bool = True,
    ) -> None:
        self._client = client
        self._signals = tuple(signals)
        self._detector_versions = dict(detector_versions)
        self._redact = redact
        self._store_texts = store_texts

    def rows(
        self, batch: EventBatch, signals: pl.DataFrame, origins: Origins, scored_at: datetime
    ) -> pa.Table:
        """Rows of a batch; see :func:`event_rows`."""
        return event_rows(
            batch,
            signals,
            self._signals,
            origins,
            detector_versions=self._detector_versions,
            scored_at=scored_at,
            redact=self._redact,
            store_texts=self._store_texts,
        )

    def insert(self, rows: pa.Table) -> None:
        """Insert rows; when this returns they are in the table.

        The same rows may be inserted again: copies of an event are one row of the view ``events``.

        Raises
        ------
        StoreUnavailable
            ClickHouse cannot take them now; insert the same again later.
        StoreError
            ClickHouse refuses them for good.
        """
        insert_rows(self._client, "raw_events", rows)
