"""Where alerts arrive: a webhook's HTTP server, and a reader of the alerts topic."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

from benchmarks.kafka_io import reader
from schemas.alerts import decode_alert
from schemas.topics import ALERTS
from streams.kafka import topic_name
from streams.settings import KafkaSettings

Seen = dict[str, float]
"""When (epoch seconds) the first firing alert of a service came."""


class WebhookServer:
    """Notes when firing alerts of a monitor are posted to :attr:`url`."""

    def __init__(self, monitor: str) -> None:
        self.seen: Seen = {}
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                now = time.time()
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                alert = body["data"]
                if alert["monitor"] == monitor and body["type"] == "alert.firing":
                    seen.setdefault(alert["segment"]["service_name"], now)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/alerts"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class AlertsTopic:
    """Notes when firing alerts of a monitor can be read from the alerts topic."""

    def __init__(self, settings: KafkaSettings, monitor: str) -> None:
        self.seen: Seen = {}
        self._settings = settings
        self._monitor = monitor
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        consumer = reader(self._settings)
        consumer.assign([TopicPartition(topic_name(self._settings, ALERTS), 0, OFFSET_BEGINNING)])
        while not self._ending.is_set():
            message = consumer.poll(0.5)
            now = time.time()
            if message is None or message.error() is not None or not message.value():
                continue
            alert = decode_alert(message.value() or b"")
            if alert.monitor == self._monitor and alert.state == "firing":
                self.seen.setdefault(alert.segment["service_name"], now)
        consumer.close()
