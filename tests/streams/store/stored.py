"""Events written to the store in tests, and read again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from detectors.batch import EventBatch
from schemas.events import InferenceEvent
from schemas.signals import Signal
from streams.store.events import EventWriter, Origins, unredacted

NOW = datetime.now(UTC).replace(microsecond=0)
SIGNALS = (
    Signal(name="response.refusal", kind="flag", description="Refused.", better="lower"),
    Signal(name="response.toxicity", kind="score", description="How toxic.", better="lower"),
    Signal(name="prompt.words", kind="amount", description="Words.", unit="{word}"),
    Signal(name="prompt.language", kind="category", description="Language."),
    Signal(name="prompt.embedding", kind="vector", description="Embedding."),
    Signal(name="cache_hit", kind="flag", description="From a cache."),
    Signal(name="finish_reason", kind="category", description="Why it stopped."),
)
VERSIONS = {"language": "2", "toxicity": "1"}


def inference(event_id: str = "e1", **fields: Any) -> InferenceEvent:
    """An event with these fields."""
    return InferenceEvent(**({"event_id": event_id, "time": NOW, "service_name": "shop"} | fields))


def signals_of(events: Sequence[InferenceEvent]) -> pl.DataFrame:
    """Signals of events, as scoring gives them."""
    n = len(events)
    return pl.DataFrame(
        {
            "response.refusal": pl.Series([True] * n, dtype=pl.Boolean),
            "response.toxicity": pl.Series([0.7] * n, dtype=pl.Float64),
            "prompt.words": pl.Series([None] * n, dtype=pl.Float64),
            "prompt.language": pl.Series(["de"] * n, dtype=pl.String),
            "prompt.embedding": pl.Series([[0.5, -1.0]] * n, dtype=pl.Array(pl.Float32, 2)),
            "cache_hit": pl.Series([e.cache_hit for e in events], dtype=pl.Boolean),
        }
    )


def insert(
    client: Client,
    events: Sequence[InferenceEvent],
    scored_at: datetime = NOW,
    **options: Any,
) -> None:
    """Store events as scored at a time; ``options`` are the writer's."""
    writer = EventWriter(
        client, SIGNALS, **({"detector_versions": VERSIONS, "redact": unredacted} | options)
    )
    origins = Origins("inference", [3] * len(events), list(range(len(events))))
    rows = writer.rows(EventBatch(events), signals_of(events), origins, scored_at)
    assert rows.num_rows == len(events)
    writer.insert(rows)


def row_of(client: Client, event_id: str) -> dict[str, Any]:
    """The one row of an event, as analysts see it."""
    rows = client.query("SELECT * FROM events WHERE event_id = {id:String}", {"id": event_id})
    (row,) = rows.named_results()
    return dict(row)
