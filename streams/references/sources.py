"""Where the past is read from, as the command line says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from schemas.monitors.resolved import MonitorSet
from schemas.windows import Window
from streams.references.windows import stored_windows, windows_of_events
from streams.score.service import build_scoring
from streams.settings import Settings
from streams.simulate.reader import EventFile
from streams.store.setup import connect_by

RESOLUTION: Final = 60
"""Seconds of the windows that are read: fine enough, and kept for months."""


@contextmanager
def open_windows(
    settings: Settings,
    *,
    events: Path | None,
    begin: datetime | None,
    end: datetime | None,
    monitors: MonitorSet | None = None,
    signals: Sequence[str] | None = None,
) -> Iterator[tuple[str, Iterator[Window]]]:
    """What it is read from, in words, and the windows between ``begin`` and ``end`` (UTC).

    ``monitors`` say which indicators and segmentations a file of events is scored with;
    ``signals`` which signals of stored windows are read, without it all.

    Raises
    ------
    ValueError
        When ClickHouse is to be read and a limit is not given.
    """
    if begin is not None and end is not None and begin >= end:
        raise ValueError(f"--from {begin} is not before --to {end}")
    low, high = (None if at is None else int(at.timestamp()) for at in (begin, end))
    if events is None:
        if low is None or high is None:
            raise ValueError("--from and --to say which stretch of the stored windows is read")
        client = connect_by(settings.clickhouse)
        yield (
            "stored windows",
            stored_windows(client, resolution=RESOLUTION, begin=low, end=high, signals=signals),
        )
        return
    file = EventFile(str(events))
    try:
        scoring = build_scoring(settings.score, monitors or MonitorSet())
        found = windows_of_events(file, scoring, pane_seconds=settings.score.pane_seconds)
        refused = f" ({len(file.refusals):,} rows refused)" if file.refusals else ""
        yield (
            f"events of {events.name}{refused}",
            (
                window
                for window in found
                if (low is None or window.start >= low) and (high is None or window.start < high)
            ),
        )
    finally:
        file.close()
