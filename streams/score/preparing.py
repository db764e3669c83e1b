"""A batch of messages into what is stored and published: all computing, no waiting."""

import traceback
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from detectors.discovery import DetectorFailure
from detectors.scoring import Scoring
from schemas.panes import Pane
from streams.score.batch import Batch
from streams.score.duplicates import Duplicates
from streams.score.intake import Arrival, Intake
from streams.score.metrics import ScoreMetrics
from streams.score.progress import Progress
from streams.score.publisher import Commit
from streams.score.reader import Taken
from streams.store.events import EventWriter, Origins

log = structlog.get_logger(__name__)


class Preparing:
    """Decodes, tells copies apart, scores and folds.

    Parameters
    ----------
    scoring
        What is computed.
    intake
        How messages are read.
    store
        Makes rows of events.
    duplicates
        Which events were seen already.
    progress
        How far partitions are complete.
    metrics
        Where it counts.
    topic
        Where messages come from.
    """

    def __init__(
        self,
        *,
        scoring: Scoring,
        intake: Intake,
        store: EventWriter,
        duplicates: Duplicates,
        progress: Progress,
        metrics: ScoreMetrics,
        topic: str,
    ) -> None:
        self._topic = topic
        self._scoring = scoring
        self._intake = intake
        self._store = store
        self._duplicates = duplicates
        self._progress = progress
        self._metrics = metrics

    def batch(self, taken: Taken, under_way: Sequence[Batch]) -> Batch:
        """What the messages come to; ``under_way`` are batches that are not committed yet."""
        metrics, messages, now = self._metrics, taken.messages, taken.now
        with metrics.stage("decode"):
            arrivals, letters = self._intake.take(messages, now)
        times: dict[int, list[float]] = {}
        for arrival in arrivals:
            times.setdefault(arrival.partition, []).append(arrival.time)
        for partition, observed in times.items():
            self._progress.observe(partition, observed)
        with metrics.stage("deduplicate"):
            arrivals, recent = self._duplicates.first_seen(
                arrivals, [batch.commit.recent for batch in under_way]
            )
        rows, panes = self._scored(arrivals, now) if arrivals else (None, [])
        return Batch(
            rows=rows,
            commit=Commit(
                panes=panes,
                letters=letters,
                recent=recent,
                complete_until=self._progress.complete_until(self._at_end(taken), now),
                newest_event=max((a.time for a in arrivals), default=None),
                offsets={message.partition: message.offset + 1 for message in messages},
            ),
            now=now,
            messages=len(messages),
            bytes=sum(message.size for message in messages),
            events=len(arrivals),
        )

    def _scored(self, arrivals: Sequence[Arrival], now: float) -> tuple[object, list[Pane]]:
        """Rows and panes of events."""
        metrics = self._metrics
        with metrics.stage("score"):
            scored = self._scoring.score([a.event for a in arrivals], self._failed)
        with metrics.stage("rows"):
            origins = Origins(
                self._topic, [a.partition for a in arrivals], [a.offset for a in arrivals]
            )
            at = datetime.fromtimestamp(now, UTC)
            rows = self._store.rows(scored.batch, scored.signals, origins, at)
        with metrics.stage("fold"):
            return rows, self._scoring.panes(scored)

    def _at_end(self, taken: Taken) -> dict[int, bool]:
        """Whether each partition had nothing left to take, as Kafka said."""
        ends = {partition: end for (_, partition), end in taken.ends().items()}
        for partition, end in ends.items():
            left = end - max(taken.positions[partition], 0)
            self._metrics.lag.labels(str(partition)).set(max(0, left))
        if len(ends) < len(taken.positions):
            self._metrics.retries.labels("end_offsets").inc()
        return {
            partition: partition in ends and position >= ends[partition]
            for partition, position in taken.positions.items()
        }

    def _failed(self, failure: DetectorFailure) -> None:
        self._metrics.detector_failures.labels(failure.detector).inc()
        # Not what the exception says: it may quote the texts of events.
        error = failure.error
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        log.error(
            "detector_failed",
            detector=failure.detector,
            reason=failure.reason,
            at=f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "",
        )
