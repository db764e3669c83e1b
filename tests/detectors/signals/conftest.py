from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.batch import EventBatch
from detectors.discovery import DetectorFailure, discover_detectors, score_batch
from schemas.events import InferenceEvent

Score = Callable[..., Mapping[str, Any]]


@pytest.fixture
def score() -> Score:
    """Every signal of one event, given its fields."""

    def values(**fields: Any) -> Mapping[str, Any]:
        failures: list[DetectorFailure] = []
        event = InferenceEvent(
            event_id="e", time=datetime(2025, 1, 1, tzinfo=UTC), service_name="shop", **fields
        )
        frame = score_batch(EventBatch([event]), discover_detectors(), failures.append)
        assert failures == []
        return frame.row(0, named=True)

    return values
