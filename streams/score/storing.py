"""Rows into ClickHouse in the background, for as long as that takes."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from time import monotonic
from typing import Any

import structlog

from streams.background import in_background
from streams.score.metrics import ScoreMetrics
from streams.store.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_FIRST_DELAY, _LONGEST_DELAY = 0.25, 5.0


class Storing:
    """Stores the rows of one batch at a time, again and again while ClickHouse is away.

    Parameters
    ----------
    insert
        Stores rows; when it returns they are in the table. Never called twice at once.
    metrics
        Where it counts.
    """

    def __init__(self, insert: Callable[[Any], None], metrics: ScoreMetrics) -> None:
        self._insert = insert
        self._metrics = metrics
        self._one_at_a_time = threading.Lock()
        self._rows: Any = None
        self._attempt: Future[None] | None = None
        self._delay = _FIRST_DELAY
        self._next_try = 0.0
        self.problem = ""

    def start(self, rows: Any) -> None:
        """Begin to store rows (an Arrow table), or none."""
        self._rows = rows
        self._delay = _FIRST_DELAY
        self._attempt = None if rows is None else self._begin(rows)

    @property
    def due(self) -> bool:
        """Whether :meth:`stored` has something to tell."""
        return self._attempt is not None and self._attempt.done()

    def stored(self, seconds: float) -> bool:
        """Whether the rows are in the table, waiting for it at most so long.

        Raises ``StoreError`` when ClickHouse refuses them for good. While it is away
        :attr:`problem` says so.
        """
        if self._rows is None:
            return True
        if self._attempt is None:
            if monotonic() < self._next_try:
                return False
            self._attempt = self._begin(self._rows)
        if not wait([self._attempt], seconds).done:
            return False
        attempt, self._attempt = self._attempt, None
        try:
            attempt.result()
        except StoreUnavailable as error:
            self.problem = str(error)
            self._metrics.store_available.set(0)
            self._metrics.retries.labels("store").inc()
            log.warning("store_unavailable", error=str(error), retry_seconds=self._delay)
            self._next_try = monotonic() + self._delay
            self._delay = min(2 * self._delay, _LONGEST_DELAY)
            return False
        if self.problem:
            self.problem = ""
            log.info("store_back")
        self._metrics.store_available.set(1)
        self._rows = None
        return True

    def abandon(self) -> None:
        """Forget the rows: they are stored again, with their batch."""
        self._rows = self._attempt = None
        self.problem = ""

    def _begin(self, rows: Any) -> "Future[None]":
        def insert() -> None:
            # An abandoned attempt may still be under way.
            with self._one_at_a_time, self._metrics.stage("store"):
                self._insert(rows)

        return in_background(insert, "store")
