"""The traffic of the demonstration, sent by a thread."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from streams.demo.faults import DATA_SETS, MADE_UP, Staged, stage
from streams.replay.datasets import DatasetTraffic
from streams.replay.generator import TrafficGenerator
from streams.replay.kafka_target import KafkaTarget
from streams.replay.messages import Disturbances
from streams.replay.send import Plan, Totals, send
from streams.replay.simulated import Source
from streams.settings import Settings

LONGEST_SECONDS = 24 * 3600.0
"""A demonstration without an end has faults for so long."""

DUPLICATES = 0.01
RUBBISH = 0.002


class Traffic:
    """Makes and sends traffic with its faults, copies and bad messages.

    Parameters
    ----------
    rate
        Events a second.
    seed
        Seed of everything random.
    data
        Folder of public data sets; ``None`` for made-up traffic.
    seconds
        How long; ``None`` until :meth:`stop`.

    Raises
    ------
    FileNotFoundError
        ``data`` holds none of the data sets.
    """

    def __init__(self, rate: float, seed: int, data: Path | None, seconds: float | None) -> None:
        self._rate = rate
        self._seed = seed
        self._seconds = seconds
        start = datetime.now(UTC)
        self._source: Source
        if data is None:
            self._source = TrafficGenerator(rate, start=start, seed=seed, daily_amplitude=0.0)
        else:
            self._source = DatasetTraffic(data, start=start, seed=seed, rate=rate)
        cast = MADE_UP if data is None else DATA_SETS
        self.faults: list[Staged] = stage(cast, seconds or LONGEST_SECONDS)
        self.totals = Totals()
        self.error = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: None)

    @property
    def sending(self) -> bool:
        """Whether it still sends."""
        return self._thread.is_alive()

    @property
    def began(self) -> float | None:
        """Time of the first event, in seconds since the epoch."""
        return self.totals.first_event_time

    def start(self, settings: Settings) -> None:
        """Begin to send to Kafka."""
        self._thread = threading.Thread(
            target=self._send, args=(settings,), name="traffic", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the sending; returns when Kafka has all that was sent."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def active(self, now: float) -> list[Staged]:
        """The faults that are under way at a time, in seconds since the epoch."""
        elapsed = now - (self.began or now)
        return [fault for fault in self.faults if fault.start <= elapsed < fault.end]

    def _send(self, settings: Settings) -> None:
        plan = Plan(
            rate=self._rate,
            max_events=None if self._seconds is None else round(self._rate * self._seconds),
            faults=tuple(fault.spec for fault in self.faults),
            disturbances=Disturbances(duplicates=DUPLICATES, rubbish=RUBBISH),
            too_large_bytes=settings.score.max_event_bytes + 1024,
            seed=self._seed,
        )

        def progress(totals: Totals) -> None:
            self.totals = totals

        try:
            self.totals = send(
                self._source,
                KafkaTarget(settings.kafka),
                plan,
                stop=self._stop,
                progress=progress,
            )
        except Exception as error:
            # Told on the screen and in the summary: a thread's traceback would tear the screen.
            self.error = f"{type(error).__name__}: {error}"
