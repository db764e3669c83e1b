"""The demonstration without a terminal: a line now and then, and one an alert."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console

from streams.demo.snapshot import Snapshot
from streams.demo.wording import seconds

EVERY_SECONDS = 5.0


class PlainScreen:
    """Prints lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown = 0.0
        self._alerts = 0

    def announce(self, text: str) -> None:
        """Say what is happening."""
        self._print(text)

    def show(self, snapshot: Snapshot) -> None:
        """Print new alerts at once, and the figures every five seconds."""
        for alert, _ in snapshot.alerts[self._alerts :]:
            self._print(f"{alert.state:<9}{alert.summary}")
        self._alerts = len(snapshot.alerts)
        if time.monotonic() - self._shown < EVERY_SECONDS:
            return
        self._shown = time.monotonic()
        burns = "; ".join(
            f"{row.service} {row.requests_per_second:.0f}/s burn {row.burn or 0:.1f}"
            for row in snapshot.applications
        )
        fault = ", ".join(f"{f.scene.kind} on {f.service}" for f in snapshot.faults)
        self._print(
            f"sent {snapshot.sent} ({snapshot.sent_rate:.0f}/s) stored {snapshot.scored} "
            f"({snapshot.scored_rate:.0f}/s) within {seconds(snapshot.scored_within)}, "
            f"{sum(snapshot.dead_letters.values())} dead letters"
            f"{f' | fault: {fault}' if fault else ''}{f' | {burns}' if burns else ''}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to put back."""

    def _print(self, text: str) -> None:
        line = f"{time.strftime('%H:%M:%S')} {text}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
