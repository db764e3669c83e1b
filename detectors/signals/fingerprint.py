"""Which answers say almost the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.memorisation.fingerprint import BUCKETS, fingerprints
from schemas.signals import Signal

_NAMES: Final = pl.Series([*(f"{bucket:02}" for bucket in range(BUCKETS)), None], dtype=pl.String)


@dataclass(frozen=True)
class FingerprintDetector:
    """Near-duplicates of an answer share its fingerprint, whoever asked.

    When the same answer goes to many users (a fallback, a loop, a cache gone wrong, a memorised
    passage), one fingerprint's share of a window rises from about 1 in 64.
    """

    name: str = "fingerprint"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.fingerprint",
            kind="category",
            source="response",
            description="One of 64 groups of responses of twelve words or more: near-duplicates "
            "are in the same.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        buckets = fingerprints(batch.text("response").words)
        return {"response.fingerprint": _NAMES[np.where(buckets < 0, BUCKETS, buckets)]}


detector = FingerprintDetector()
