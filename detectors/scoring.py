"""The columnar core: events to signals, signals to panes. The same in every process."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from detectors.conditions import indicator_columns
from detectors.detector import Detector
from detectors.discovery import DetectorFailure, all_signals, score_batch
from detectors.fold import fold
from detectors.text.column import TextColumn
from schemas.events import InferenceEvent
from schemas.monitors.bad_events import bad_for_objective
from schemas.monitors.conditions import Condition, names_in
from schemas.monitors.resolved import Indicator
from schemas.panes import Pane
from schemas.segments import FIELD_DIMENSIONS, Segmentation, segmentation
from schemas.signals import Signal

Redact = Callable[[TextColumn], pl.Series]


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """Events with their signals: ``signals`` has a row an event, a column a signal by its name."""

    batch: EventBatch
    signals: pl.DataFrame


class Scoring:
    """Scores batches of events and folds them into panes. Keeps nothing between calls.

    Parameters
    ----------
    detectors
        What computes the signals.
    indicators
        Service level indicators, evaluated on the signals as flags named ``sli.<name>``.
    segmentations
        Sets of dimensions to fold by; those the monitors look at must be among them.
    pane_seconds
        Length of a pane.
    segment_limit
        Most segments of a segmentation in one batch; see :func:`detectors.fold.fold`.
    redact
        Takes personal data out of a column of texts.
    excerpt_characters
        Length of the excerpts that examples carry; 0 leaves them empty.
    bad_events
        Conditions that give examples, beside those of the indicators.
    """

    def __init__(
        self,
        detectors: Sequence[Detector],
        indicators: Sequence[Indicator] = (),
        *,
        segmentations: Sequence[Segmentation],
        pane_seconds: int,
        segment_limit: int,
        redact: Redact,
        excerpt_characters: int,
        bad_events: Sequence[Condition] = (),
    ) -> None:
        self.detectors = tuple(detectors)
        self.indicators = tuple(indicators)
        self.segmentations = tuple(dict.fromkeys(segmentation(s) for s in segmentations))
        self.signals: tuple[Signal, ...] = (
            *all_signals(detectors),
            *(indicator.signal for indicator in indicators),
        )
        clashing = sorted({signal.name for signal in self.signals} & FIELD_DIMENSIONS)
        if clashing:
            raise ValueError(f"signals named like a dimension: {', '.join(clashing)}: rename them")
        self.pane_seconds = pane_seconds
        self.segment_limit = segment_limit
        self._redact = redact
        self._excerpt_characters = excerpt_characters
        failed = (bad_for_objective(each.signal.name) for each in self.indicators)
        self.bad_events = (*failed, *bad_events)
        self.labels = sorted(
            {d for s in self.segmentations for d in s if d.startswith("labels.")}
            | {d for d in _names(self.indicators) if d.startswith("labels.")}
        )

    @property
    def versions(self) -> Mapping[str, str]:
        """The version of every detector, by its name."""
        return {detector.name: detector.version for detector in self.detectors}

    def score(
        self,
        events: Sequence[InferenceEvent],
        on_failure: Callable[[DetectorFailure], None] | None = None,
    ) -> ScoredBatch:
        """Every signal of every event. A failing detector's signals are absent, and reported."""
        batch = EventBatch(events)
        signals = score_batch(batch, self.detectors, on_failure=on_failure)
        if self.indicators:
            known = signals.hstack(self.dimensions(batch, taken=signals.columns))
            signals = signals.hstack(indicator_columns(known, self.indicators))
        return ScoredBatch(batch, signals)

    def panes(self, scored: ScoredBatch) -> list[Pane]:
        """The batch folded into panes of every segment."""
        identity = scored.batch.select(("event_id", "time", "user_id")).with_columns(
            prompt_excerpt=self._excerpt(scored.batch.text("prompt")),
            response_excerpt=self._excerpt(scored.batch.text("response")),
        )
        wide = identity.hstack(self.dimensions(scored.batch))
        return fold(
            wide.hstack(scored.signals),
            self.signals,
            self.segmentations,
            pane_seconds=self.pane_seconds,
            segment_limit=self.segment_limit,
            bad_events=self.bad_events,
        )

    def dimensions(self, batch: EventBatch, taken: Collection[str] = ()) -> pl.DataFrame:
        """Every dimension of the events, a column each, but those whose names are ``taken``."""
        fields = [name for name in sorted(FIELD_DIMENSIONS) if name not in taken]
        labels = [batch.label_column(name.removeprefix("labels.")) for name in self.labels]
        return batch.select(fields).hstack(
            [series.alias(name) for series, name in zip(labels, self.labels, strict=True)]
        )

    def _excerpt(self, texts: TextColumn) -> pl.Series:
        if not self._excerpt_characters:
            return pl.Series([""] * len(texts), dtype=pl.String)
        # Cut after redaction: half of an address would be taken for none.
        return self._redact(texts).str.slice(0, self._excerpt_characters).fill_null("")


def _names(indicators: Sequence[Indicator]) -> set[str]:
    """The names that the indicators' conditions mention."""
    found: set[str] = set()
    for indicator in indicators:
        found |= names_in(indicator.good)
        if indicator.where is not None:
            found |= names_in(indicator.where)
    return found
