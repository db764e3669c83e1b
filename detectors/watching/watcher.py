"""The watcher: pane batches in; windows, alerts and state changes out."""

from collections.abc import Iterable, Sequence

from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from schemas.changes import Change
from schemas.monitors.resolved import MonitorSet
from schemas.panes import PaneBatch


class Watcher:
    """Watches one partition of the panes topic. Deterministic: no clock, no randomness.

    Parameters
    ----------
    monitors
        What to watch.
    settings
        Limits and patience.
    state
        Records put by an earlier watcher of this partition, in any order; a put cut short by a
        crash is undone. Restores exactly.

    Raises
    ------
    ValueError
        When the state was written by a release this one cannot read, or is damaged.
    """

    def __init__(
        self,
        monitors: MonitorSet,
        settings: WatchSettings,
        state: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        raise NotImplementedError

    @property
    def offset(self) -> int:
        """Offset of the last batch applied; -1 before the first."""
        raise NotImplementedError

    @property
    def evaluated_until(self) -> int | None:
        """Event time, in seconds, up to which monitors were evaluated; ``None`` before."""
        raise NotImplementedError

    @property
    def segments(self) -> int:
        """How many segments are in state."""
        raise NotImplementedError

    def apply(self, batch: PaneBatch, offset: int, changes: Sequence[Change] = ()) -> Step:
        """Apply the batch at ``offset``; a batch applied before gives an empty step.

        ``changes`` are the known changes, in any order; alerts name those shortly before them.

        Raises ``ValueError``, with the state untouched, for a batch whose panes are not aligned.
        """
        raise NotImplementedError
