"""What one pane batch does."""

from dataclasses import dataclass, field

from schemas.alerts import Alert
from schemas.segments import Segmentation
from schemas.windows import Window


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of applying one batch.

    The caller publishes ``windows`` and ``alerts`` durably, then writes ``puts`` in their order
    (``None`` deletes), then acknowledges the batch. Any prefix of the puts may survive a crash.

    Attributes
    ----------
    windows
        Windows that closed or, by late data, changed: newest version, one a key.
    alerts
        Transitions, in order of event time.
    puts
        Changes of the state, by record key.
    late_events
        Events older than everything kept: in no window.
    overflowed
        Events counted for ``__other__`` because their segmentation is full, by segmentation.
    """

    windows: list[Window] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    puts: dict[str, bytes | None] = field(default_factory=dict)
    late_events: int = 0
    overflowed: dict[Segmentation, int] = field(default_factory=dict)
