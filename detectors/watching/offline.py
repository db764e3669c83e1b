"""Panes of one source into a watcher, without Kafka: simulations, backtests, game days."""

from collections.abc import Sequence

from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.changes import Change
from schemas.panes import Pane, PaneBatch


def apply_panes(
    watcher: Watcher,
    panes: list[Pane],
    until: float,
    *,
    pane_seconds: int,
    changes: Sequence[Change] = (),
) -> Step:
    """Apply panes as the watcher's next batch, told the moment that it ends.

    Parameters
    ----------
    watcher
        Fed from this one source alone.
    panes
        Of ``pane_seconds`` each.
    until
        Event time, in epoch seconds, up to which all events are in panes applied.
    changes
        As for :meth:`~detectors.watching.watcher.Watcher.apply`, which this raises as well.
    """
    batch = PaneBatch(
        worker="offline",
        pane_seconds=pane_seconds,
        complete_until={"events/0": until},
        panes=panes,
    )
    return watcher.apply(batch, watcher.offset + 1, told_at=until, changes=changes)
