"""What a detector is: signals declared, and computed for a whole batch at once."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal


@runtime_checkable
class Detector(Protocol):
    """Computes one or a few signals from a batch of events.

    A detector is pure: the same event gives the same values in whatever batch it comes. It reads
    nothing but the batch, keeps nothing between batches, and gives null where a signal is absent.
    """

    name: str
    version: str
    signals: tuple[Signal, ...]

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every declared signal, one per event, in the batch's order.

        Flags are Boolean, scores and amounts Float64, categories String, vectors fixed-size
        arrays of Float32.
        """
        ...
