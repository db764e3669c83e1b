"""The ``console`` receiver: one line an alert and its details on the terminal."""

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.monitors.resolved import Receiver
from streams.receivers.protocol import DELIVERED, Notification, Outcome, ReceiverContext
from streams.receivers.rendering import render_sections, render_time, render_title

_STYLES = {"page": "bold white on red", "ticket": "bold black on yellow", "info": "bold on blue"}
_RESOLVED_STYLE = "bold black on green"


class ConsoleReceiver:
    """Prints alerts; nothing in them is taken for markup or terminal codes."""

    resend_seconds = None

    def __init__(self, console: Console) -> None:
        self._console = console

    def send(self, notification: Notification) -> Outcome:
        """Print."""
        alert = notification.alert
        style = _RESOLVED_STYLE if alert.state == "resolved" else _STYLES[alert.severity]
        line = Text.assemble(
            (render_time(alert.changed_at), "dim"), " ", (render_title(alert), style)
        )
        details = Table.grid(padding=(0, 1))
        details.add_column(style="dim", no_wrap=True)
        details.add_column(overflow="fold")
        for section in render_sections(alert):
            details.add_row(Text(section.name), Text("\n".join(section.lines)))
        self._console.print(Group(line, Padding(details, (0, 0, 1, 2))))
        return DELIVERED


def create(_config: Receiver, _context: ReceiverContext) -> ConsoleReceiver:
    """A console on standard output, with colours when that is a terminal."""
    return ConsoleReceiver(Console(highlight=False))
