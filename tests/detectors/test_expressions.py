from datetime import UTC, datetime

import polars as pl

from detectors.batch import EventBatch
from detectors.expressions import ExpressionDetector
from schemas.events import InferenceEvent
from schemas.signals import Signal

TIME = datetime(2025, 3, 1, tzinfo=UTC)
BATCH = EventBatch(
    [
        InferenceEvent(
            event_id="1", time=TIME, service_name="shop", latency_seconds=2.0, retries=1
        ),
        InferenceEvent(event_id="2", time=TIME, service_name="shop", response="No."),
    ]
)


def scored(expression: pl.Expr) -> list[float | None]:
    signal = Signal(name="x", kind="amount", description="One.")
    detector = ExpressionDetector(name="d", version="1", computed=((signal, expression),))
    values: list[float | None] = detector.score(BATCH)["x"].to_list()
    return values


def test_an_expression_sees_the_columns_that_it_names() -> None:
    assert scored(pl.col("latency_seconds") + pl.col("retries")) == [3.0, None]
    assert scored(pl.col("response").str.len_bytes()) == [None, 3.0]


def test_an_expression_over_columns_that_it_does_not_name_sees_all() -> None:
    assert scored(pl.sum_horizontal(pl.col("^latency_.*|retries$"))) == [3.0, 0.0]
