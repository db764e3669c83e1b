"""A mail as a mail server gets it."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver
from streams.receivers.html_mail import PICTURE
from streams.receivers.protocol import DELIVERED, Notification, ReceiverContext


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail; knows as much of SMTP as that needs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[bytes] = []


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self._say("354 go on")
                body = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(body).replace(b"\r\n..", b"\r\n."))
            self._say("221 bye" if line == b"QUIT" else "250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sent(server: MailServer, alert: Alert) -> EmailMessage:
    port = server.server_address[1]
    url = (
        f"mailto://127.0.0.1:{port}?from=tidewatch@example.org&to=oncall@example.org&mode=insecure"
    )
    context = ReceiverContext(
        clock=lambda: datetime.now(UTC),
        timeout_seconds=5.0,
        networks=Networks.parse("127.0.0.1"),
    )
    receiver = create_receiver(Receiver(name="mail", type="apprise", url=url), context)
    assert receiver.send(Notification(id="n1", alert=alert)) == DELIVERED
    [mail] = server.mails
    found = message_from_bytes(mail, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_mail_shows_its_picture_and_has_the_same_as_text(
    mail_server: MailServer, alert: Alert
) -> None:
    parts = {part.get_content_type(): part for part in sent(mail_server, alert).walk()}
    html = parts["text/html"].get_content()
    assert f'src="cid:{PICTURE}"' in html
    picture = parts["image/png"]
    assert picture["Content-ID"] == f"<{PICTURE}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content().startswith(b"\x89PNG")
    assert alert.monitor in parts["text/plain"].get_content()


def test_a_mail_of_what_was_not_measured_has_no_picture(
    mail_server: MailServer, alert: Alert
) -> None:
    bare = msgspec.structs.replace(alert, value=None)
    types = {part.get_content_type() for part in sent(mail_server, bare).walk()}
    assert "image/png" not in types
    assert "text/html" in types
