from io import StringIO

import pytest
from rich.console import Console

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.receivers.console import ConsoleReceiver
from streams.receivers.discovery import create_receiver
from streams.receivers.protocol import DELIVERED, Notification, ReceiverContext


def test_an_alert_is_a_line_and_its_details(alert: Alert) -> None:
    out = StringIO()
    receiver = ConsoleReceiver(Console(file=out, width=200))
    assert receiver.send(Notification(id="n1", alert=alert)) == DELIVERED
    first, *details = out.getvalue().splitlines()
    assert first.startswith("2026-03-01 03:02:00 UTC FIRING (page): Answers of shop")
    assert any("300 bad of 1,500 events" in line for line in details)


def test_alert_texts_are_neither_markup_nor_terminal_codes(alert: Alert) -> None:
    out = StringIO()
    ConsoleReceiver(Console(file=out, width=200, force_terminal=True)).send(
        Notification(id="n1", alert=alert)
    )
    assert "[red]boo[/red]" in out.getvalue()
    assert "\x1b[31mignore" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_the_console_prints_to_standard_output(
    alert: Alert, capsys: pytest.CaptureFixture[str]
) -> None:
    context = ReceiverContext(clock=lambda: alert.changed_at)
    create_receiver(Receiver(name="here", type="console"), context).send(
        Notification(id="n1", alert=alert)
    )
    assert "FIRING (page)" in capsys.readouterr().out
