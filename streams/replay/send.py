"""Sending traffic: paced, with its faults, feedback and rubbish, until it ends or is stopped."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import structlog
from msgspec import Struct

from schemas.topics import CHANGES, FEEDBACK, INFERENCE
from streams.replay.companions import FeedbackModel, FeedbackShares
from streams.replay.fault_spec import FaultSpec
from streams.replay.faults import Faults, FaultTruth
from streams.replay.messages import Disturbances, Messages, limited
from streams.replay.oracle import Oracle, write_truths
from streams.replay.outgoing import Outgoing, Target
from streams.replay.pace import Pace
from streams.replay.rubbish import Rubbish
from streams.replay.simulated import Source

log = structlog.get_logger(__name__)

PROGRESS_SECONDS = 1.0
EARLY_SECONDS = 0.002
"""How early a message may leave: shorter waits cost more than they are worth."""


class Plan(Struct, frozen=True, kw_only=True):
    """How traffic is sent.

    ``speed``, ``rate`` and ``live`` are as in :class:`~streams.replay.pace.Pace`; neither speed
    nor rate: as fast as the target takes it. ``duration_seconds`` is event time of the source.
    ``feedback`` of ``None`` sends none. ``oracle_path`` and ``truth_path`` name files to write
    what was sent, and what the faults did, to.
    """

    speed: float | None = None
    rate: float | None = None
    live: bool = True
    max_events: int | None = None
    duration_seconds: float | None = None
    faults: tuple[FaultSpec, ...] = ()
    feedback: FeedbackShares | None = FeedbackShares()
    disturbances: Disturbances = Disturbances()
    too_large_bytes: int = 1024**2 + 1024
    seed: int = 1
    oracle_path: Path | None = None
    truth_path: Path | None = None


class Totals(Struct, kw_only=True):
    """What was sent. ``lost`` counts messages that never arrived, by error."""

    events: int = 0
    copies: int = 0
    bad: int = 0
    feedback: int = 0
    changes: int = 0
    event_bytes: int = 0
    seconds: float = 0.0
    first_event_time: float | None = None
    last_event_time: float | None = None
    lost: dict[str, int] = {}
    faults: list[FaultTruth] = []

    def count(self, message: Outgoing) -> None:
        """Add a message."""
        if message.topic is FEEDBACK:
            self.feedback += 1
        elif message.topic is CHANGES:
            self.changes += 1
        elif message.reason is not None:
            self.bad += 1
        elif message.copy:
            self.copies += 1
        else:
            self.events += 1
            self.event_bytes += len(message.value)
            if self.first_event_time is None:
                self.first_event_time = message.time
            self.last_event_time = message.time


def send(
    source: Source,
    target: Target,
    plan: Plan,
    *,
    stop: threading.Event | None = None,
    progress: Callable[[Totals], None] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], object] | None = None,
) -> Totals:
    """Send a source's traffic to a target as planned.

    Parameters
    ----------
    source
        Where the traffic comes from.
    target
        Where it goes; closed at the end.
    plan
        Pace, faults and what is sent beside the events.
    stop
        Ends the sending when set, after the chunk in hand, whose rest is sent without waiting:
        then oracle and truth hold for every event.
    progress
        Called with the totals so far about every second of wall-clock time.
    clock, sleep
        Wall-clock time in seconds since the epoch, and how to wait; ``sleep`` defaults to waiting
        for ``stop``.

    Returns
    -------
    Totals
        What was sent, what was lost and what the faults did.
    """
    stop = stop or threading.Event()
    sending = _Sending(
        target=target,
        plan=plan,
        stop=stop,
        progress=progress,
        clock=clock,
        sleep=sleep or stop.wait,
    )
    return sending.run(source)


class _Sending:
    def __init__(
        self,
        *,
        target: Target,
        plan: Plan,
        stop: threading.Event,
        progress: Callable[[Totals], None] | None,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self.target = target
        self.plan = plan
        self.stop = stop
        self.progress = progress
        self.clock = clock
        self.sleep = sleep
        self.totals = Totals()
        self.oracle: Oracle | None = None
        self.reported = clock()

    def run(self, source: Source) -> Totals:
        plan, totals = self.plan, self.totals
        started = self.clock()
        seeds = np.random.SeedSequence(plan.seed).spawn(2)
        messages = Messages(
            feedback=None
            if plan.feedback is None
            else FeedbackModel(plan.feedback, np.random.Generator(np.random.PCG64(seeds[0]))),
            disturbances=plan.disturbances,
            rubbish=Rubbish(plan.seed, plan.too_large_bytes),
            rng=np.random.Generator(np.random.PCG64(seeds[1])),
        )
        pace = Pace(speed=plan.speed, rate=plan.rate, live=plan.live, clock=self.clock)
        faults: Faults | None = None
        with ExitStack() as stack:
            if plan.oracle_path is not None:
                self.oracle = stack.enter_context(Oracle(plan.oracle_path))
            try:
                for chunk in limited(source.chunks(), plan.max_events, plan.duration_seconds):
                    if faults is None:
                        started = self.clock()  # the time a source needs to begin is not sending
                    paced = pace.apply(chunk)
                    faults = faults or Faults(plan.faults, paced.rows[0].time, plan.seed)
                    for message in messages.of(faults.apply(paced)):
                        self._send(message)
                    if self.stop.is_set():
                        break
                # Live feedback that lies ahead of the clock would be from the future: left out.
                for message in messages.rest(self.clock() if plan.live else float("inf")):
                    self._send(message)
            finally:
                totals.lost = self.target.close()
                totals.seconds = self.clock() - started
                totals.faults = faults.truths if faults is not None else []
                if plan.truth_path is not None:
                    write_truths(plan.truth_path, totals.faults)
        if totals.lost:
            log.error("messages_lost", **totals.lost)
        return totals

    def _send(self, message: Outgoing) -> None:
        if message.due and not self.stop.is_set():
            self._wait_until(message.due)
        self.target.send(message)
        self.totals.count(message)
        if self.oracle is not None:
            self.oracle.record(message)
        if self.progress is not None and message.topic is INFERENCE:
            now = self.clock()
            if now - self.reported >= PROGRESS_SECONDS:
                self.reported = now
                self.progress(self.totals)

    def _wait_until(self, due: float) -> None:
        # A clock set back must not hold traffic up for hours: wait in short steps, look again.
        while (left := due - self.clock()) > EARLY_SECONDS and not self.stop.is_set():
            self.sleep(min(left, 0.5))
