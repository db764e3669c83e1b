"""Ends a process whose work hangs in a call that never returns, so that it is started anew."""

import faulthandler
import os
import sys
import threading
from types import TracebackType
from typing import Self

import structlog

log = structlog.get_logger(__name__)

EXIT_CODE = 70
"""``EX_SOFTWARE`` of ``sysexits.h``."""
PATIENCE_SECONDS = 180
"""Far longer than any step of work takes that can end at all."""


class Watchdog:
    """Watches over a loop while it is entered; the loop says :meth:`working` at every step.

    A call of a client library that never returns leaves a process that answers, stores nothing and
    hears no signal. What it had is not committed, so ending it loses nothing. Seconds are counted
    by the watchdog's own turns: a process that was stopped and goes on is not taken for one that
    hangs.

    Parameters
    ----------
    name
        What is watched, for the log.
    patience_seconds
        How long a step may take.
    """

    def __init__(self, name: str, patience_seconds: int = PATIENCE_SECONDS) -> None:
        self._name = name
        self._patience = patience_seconds
        self._waited = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()

    def working(self) -> None:
        """The loop has come to its next step."""
        self._waited = 0

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            self._waited += 1
            if self._waited > self._patience:
                log.critical("hangs", what=self._name, seconds=self._waited)
                faulthandler.dump_traceback(sys.__stderr__ or 2)
                os._exit(EXIT_CODE)
