"""The demonstration on a terminal: one screen that is drawn again and again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.demo.feed import Told
from streams.demo.figures import ApplicationRow
from streams.demo.snapshot import Snapshot
from streams.demo.wording import seconds

_ALERTS_SHOWN = 8
_STATE_STYLES = {"firing": "bold white on red", "resolved": "black on green", "pending": "yellow"}


class LiveScreen:
    """Draws snapshots; a context manager, as it takes over the terminal's lower part."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = ""
        self._live = Live(self._starting(), console=console, refresh_per_second=4, transient=False)

    def announce(self, text: str) -> None:
        """Say what is happening."""
        self._said = text
        if not isinstance(self._live.renderable, Group):
            self._live.update(self._starting())
        else:
            self._live.console.print(Text(text, style="yellow"))

    def show(self, snapshot: Snapshot) -> None:
        """Draw."""
        self._live.update(draw(snapshot))

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def _starting(self) -> Panel:
        return Panel(Text(self._said or "starting"), title="Tidewatch", border_style="cyan")


def draw(snapshot: Snapshot) -> Group:
    """The whole screen."""
    return Group(
        Panel(_pipeline(snapshot), title="Tidewatch", title_align="left", border_style="cyan"),
        _applications(snapshot.applications),
        _alerts(snapshot.alerts),
        Text(snapshot.phase or "Ctrl-C ends the demonstration", style="dim"),
    )


def _pipeline(snapshot: Snapshot) -> RenderableType:
    minutes, rest = divmod(int(snapshot.elapsed), 60)
    grid = Table.grid(padding=(0, 3))
    grid.add_row(
        Text(f"{minutes:02}:{rest:02}", style="bold"),
        Text.assemble("sent ", (f"{snapshot.sent:,}", "bold"), f"  {snapshot.sent_rate:.0f}/s"),
        Text.assemble(
            "stored ", (f"{snapshot.scored:,}", "bold"), f"  {snapshot.scored_rate:.0f}/s"
        ),
        Text(f"scored within {seconds(snapshot.scored_within)} (p95)"),
        Text(f"windows {seconds(snapshot.window_delay)} after their end"),
    )
    refused = ", ".join(f"{count} {reason}" for reason, count in snapshot.dead_letters.items())
    letters = Text(
        f"{snapshot.copies:,} copies sent, {snapshot.bad:,} bad messages sent; "
        f"dead letters: {refused or 'none yet'}",
        style="dim",
    )
    faults = Text("no fault at the moment", style="dim")
    if snapshot.faults:
        told = "; ".join(f"{f.service}: {f.scene.words} ({f.scene.kind})" for f in snapshot.faults)
        faults = Text(f"fault under way, {told}", style="bold magenta")
    return Group(grid, letters, faults)


def _applications(rows: Sequence[ApplicationRow]) -> RenderableType:
    table = Table(title="the last closed window of ten seconds", title_justify="left", expand=True)
    table.add_column("application")
    for name in ("requests/s", "errors", "latency p95", "cost/h", "refusals", "budget burns"):
        table.add_column(name, justify="right")
    for row in rows:
        burn = Text("-") if row.burn is None else Text(f"{row.burn:.1f} x")
        if row.burn is not None and row.burn >= 5:
            burn.stylize("bold red")
        table.add_row(
            row.service,
            f"{row.requests_per_second:.1f}",
            _percent(row.errors),
            seconds(row.latency_p95),
            f"${row.cost_per_hour:,.2f}",
            _percent(row.refusals),
            burn,
        )
    if not rows:
        table.add_row("waiting for the first window to close", *[""] * 6)
    return table


def _alerts(told: Sequence[Told]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for alert, at in told[-_ALERTS_SHOWN:]:
        grid.add_row(
            Text(datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S"), style="dim"),
            Text(f" {alert.state} ", style=_STATE_STYLES[alert.state]),
            Text(alert.summary),
        )
    if not told:
        grid.add_row(Text("none yet: the first fault comes after 15 seconds", style="dim"))
    return Panel(grid, title="alerts", title_align="left", border_style="red" if told else "green")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
