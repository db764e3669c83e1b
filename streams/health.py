"""Health and metrics of a process over HTTP: ``/health/live``, ``/health/ready``, ``/metrics``."""

import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_PATIENCE_SECONDS = 10.0
Problem = Callable[[], str]
"""Says what is wrong, or nothing when all is well."""


class HealthServer:
    """Serves a process's health and metrics in a thread of its own.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes a free one (see ``port``).
    registry
        The process's metrics.
    ready
        Why the process is not ready; an empty string means it is.
    alive
        Why the process should be restarted; an empty string means it should not.
    """

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, *, ready: Problem, alive: Problem
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            # Whoever connects and says nothing does not keep a thread.
            timeout = _PATIENCE_SECONDS
            server_version, sys_version = "tidewatch", ""

            def do_GET(self) -> None:
                match self.path.partition("?")[0]:
                    case "/metrics":
                        self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                    case "/health/live":
                        self._state(alive())
                    case "/health/ready":
                        self._state(ready())
                    case _:
                        self._answer(404, "text/plain", b"/metrics /health/live /health/ready\n")

            def _state(self, problem: str) -> None:
                body = json.dumps({"ok": not problem, "problem": problem}).encode()
                self._answer(503 if problem else 200, "application/json", body)

            def _answer(self, status: int, content_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Scrapes are not worth a line each."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def ready(port: int) -> bool:
    """Whether the process that serves its health on this port of this host is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=3):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if ready(int(sys.argv[1])) else 1)
