"""Waiting until what was sent has gone all the way, however long ago the last disturbance was."""

import time
from collections.abc import Callable

from schemas.topics import ALERTS, DEAD_LETTERS, FEEDBACK, INFERENCE, PANES, WINDOWS, Topic
from streams.kafka import topic_name
from streams.settings import Settings
from tests.chaos.topics import end_offsets, last_offsets
from tests.committed import committed_offsets

_LOOK_SECONDS = 0.3
_TOLD_SECONDS = 3.0


class Stuck(AssertionError):
    """Something is not worked off in time; the message says what, and how much of it."""


def settle(
    settings: Settings, closed_at: float, timeout: float, keep: Callable[[], None]
) -> dict[str, float]:
    """Wait until all is scored, watched and stored; the seconds that each took.

    Parameters
    ----------
    settings
        Of the run.
    closed_at
        When (epoch seconds) the last window to be compared closes, if nothing is behind.
    timeout
        Most seconds for each of them.
    keep
        Called again and again meanwhile.

    Raises
    ------
    Stuck
        Something is not worked off in time.
    """
    took: dict[str, float] = {}
    waiting = _Waiting(settings, timeout, keep, took)
    waiting.until(settings.score.group, INFERENCE, "scored")
    waiting.until(settings.score.feedback_group, FEEDBACK, "joined")
    # What says so comes with a heartbeat, and that after all was taken.
    told_at = max(closed_at, time.time()) + _TOLD_SECONDS
    while time.time() < told_at:
        keep()
        time.sleep(_LOOK_SECONDS)
    # Heartbeats come every second: watch passes what is at the end now.
    waiting.until(settings.watch.application, PANES, "watched")
    for topic in (WINDOWS, ALERTS, FEEDBACK, DEAD_LETTERS):
        waiting.until(settings.sink.group, topic, f"stored {topic.name}")
    return took


class _Waiting:
    def __init__(
        self,
        settings: Settings,
        timeout: float,
        keep: Callable[[], None],
        took: dict[str, float],
    ) -> None:
        self._settings = settings
        self._timeout = timeout
        self._keep = keep
        self._took = took

    def until(self, group: str, topic: Topic, what: str) -> None:
        """Wait until a group has committed all that is on the topic now."""
        kafka = self._settings.kafka
        began = time.monotonic()
        # A marker of a transaction follows its messages, and is nobody's to commit.
        transactional = topic in (DEAD_LETTERS,)
        wanted = last_offsets(kafka, topic) if transactional else end_offsets(kafka, topic)
        wanted = {p: end for p, end in wanted.items() if end > 0}
        while True:
            committed = committed_offsets(kafka, group, topic_name(kafka, topic))
            left = {p: e - committed.get(p, 0) for p, e in wanted.items()}
            behind = sum(max(0, n) for n in left.values())
            if behind == 0:
                self._took[what] = round(time.monotonic() - began, 1)
                return
            if time.monotonic() - began > self._timeout:
                raise Stuck(
                    f"{topic.name}: {behind} messages are not {what} within {self._timeout:.0f} s"
                )
            self._keep()
            time.sleep(_LOOK_SECONDS)
