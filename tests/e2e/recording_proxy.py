"""TLS before the embedded ClickHouse; it remembers who asked for what."""

import base64
import http.client
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.e2e.secured_kafka import Authority

_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


@dataclass
class RecordingProxy:
    """Statements by the user who sent them; ``url`` is where it listens."""

    url: str = ""
    statements: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    passwords: set[str] = field(default_factory=set)


@contextmanager
def recording(port: int, authority: Authority) -> Iterator[RecordingProxy]:
    """A proxy before the server on ``port`` of this machine, while the block lasts."""
    proxy = RecordingProxy()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            parts = urlsplit(self.path)
            asked = parse_qs(parts.query).get("query", [""])[0]
            basic = self.headers.get("Authorization", "Basic ").removeprefix("Basic ")
            user, _, password = base64.b64decode(basic).decode().partition(":")
            proxy.passwords.add(password)
            encoded = self.headers.get("Content-Encoding")
            text = asked or ("" if encoded else body.decode("utf-8", "replace"))
            proxy.statements[user].add(text)
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                kept = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
                upstream.request(self.command, self.path, body, kept)
                answer = upstream.getresponse()
                data = answer.read()
            finally:
                upstream.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, format: str, *args: object) -> None:
            """Statements are remembered instead."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    proxy.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
