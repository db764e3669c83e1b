"""What the watcher can be told."""

from msgspec import Struct

DAY = 86400


class WatchSettings(Struct, frozen=True, kw_only=True):
    """Settings of a :class:`detectors.watching.watcher.Watcher`. Seconds are of event time.

    Parameters
    ----------
    allowed_lateness_seconds
        A window closes when complete time passes its end by this much.
    source_idle_seconds
        A source partition not heard of for so long while others were no longer holds complete
        time back; it counts again when it is heard again. Not of event time: see
        :class:`detectors.watching.progress.Progress`.
    max_segments
        Most segments of one segmentation; events of further ones count for ``__other__``.
    segment_expiry_seconds
        A segment unseen this long frees its place, unless it holds an alert not resolved, or an
        objective's window still holds events of it. The default keeps what the workbook's longest
        window (3 days) looks at.
    silence_resolves_seconds
        A firing or pending alert that had no verdict for this long (no or too little data)
        resolves and says so: until then silence is no proof of recovery, after it a page about
        traffic that no longer exists helps nobody.
    max_evaluations
        Most grid points evaluated in one step before the grid gets coarser (a quiet gap).
    offline
        Whether a step may take however long: all segments' windows of a time come in one, in order,
        and references are made ready and calibrated when they are due, not one after the other.
    units
        Units (UCUM) of signals by name, for the words of alerts; not listed: ``1``.
    dashboard_base_url
        Dashboard that alerts link to; empty for no link.
    chunk_bytes
        State records are cut at about this size; the changelog's ``max.message.bytes`` must
        leave room above it.
    """

    allowed_lateness_seconds: int = 5
    source_idle_seconds: float = 60
    max_segments: int = 10_000
    segment_expiry_seconds: int = 3 * DAY
    silence_resolves_seconds: int = 3600
    max_evaluations: int = 600
    offline: bool = False
    units: dict[str, str] = {}
    dashboard_base_url: str = ""
    chunk_bytes: int = 400_000
