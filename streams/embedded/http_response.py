"""Write answers of ClickHouse's HTTP interface."""

import json
import secrets
import time
from typing import Any

from streams.embedded.engine import Engine, Progress, QueryError
from streams.embedded.http_body import Compressor, response_compressor
from streams.embedded.http_query import HttpQuery

# As a server's buffer: a result up to this size comes with its right status and summary.
_BUFFER_BYTES = 1_000_000

_BAD_REQUEST = {6, 26, 27, 33, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 130, 131, 456, 457}
_NOT_FOUND = {16, 46, 47, 50, 56, 60, 63, 73, 81, 115}
_STATUS = dict.fromkeys(_BAD_REQUEST, 400) | dict.fromkeys(_NOT_FOUND, 404) | {48: 501, 164: 403}

_CONTENT_TYPES = (
    ("JSON", "application/json; charset=UTF-8"),
    ("CSV", "text/csv; charset=UTF-8"),
    ("T", "text/tab-separated-values; charset=UTF-8"),
    ("Pretty", "text/plain; charset=UTF-8"),
    ("XML", "application/xml; charset=UTF-8"),
)


class Response:
    """The answer to one request.

    Parameters
    ----------
    send
        ASGI's ``send``.
    engine
        Tells version, name and time zone.
    """

    def __init__(self, send: Any, engine: Engine) -> None:
        self._send = send
        self._engine = engine
        self._headers: dict[str, str] = {
            "X-ClickHouse-Server-Display-Name": engine.host,
            "X-ClickHouse-Timezone": engine.timezone,
        }
        self._compressor: Compressor | None = None
        self._exception_tag = ""
        self._buffer = bytearray()
        self._began = time.monotonic_ns()
        self._started = False

    def prepare(self, request: HttpQuery, accept_encoding: str) -> None:
        """Fit headers and compression to the query that is to be answered."""
        result_format = request.query.result_format
        self._headers |= {
            "X-ClickHouse-Query-Id": request.query.query_id,
            "X-ClickHouse-Format": result_format,
            "Content-Type": next(
                (kind for start, kind in _CONTENT_TYPES if result_format.startswith(start)),
                "application/octet-stream",
            ),
        }
        chosen = response_compressor(accept_encoding) if request.compress else None
        if chosen is not None:
            self._headers["Content-Encoding"], self._compressor = chosen

    async def write(self, piece: bytes, progress: Progress) -> None:
        """Take the next piece of the result."""
        self._buffer += self._compressor.compress(piece) if self._compressor else piece
        if len(self._buffer) > _BUFFER_BYTES:
            await self._flush(progress, more=True)

    async def finish(self, progress: Progress) -> None:
        """Send what is left of the result."""
        if self._compressor is not None:
            self._buffer += self._compressor.flush()
        await self._flush(progress, more=False)

    async def fail(self, error: QueryError) -> None:
        """Tell of an error, within the result when part of that is sent already."""
        if not self._started:
            await self.text(_STATUS.get(error.code, 500), f"{self._message(error)}\n", error.code)
            return
        # The block that clients look for. The answer then stays without its end, so that those
        # that do not know it take it for broken as well.
        message = self._message(error)
        tag = self._exception_tag
        block = (
            f"\r\n__exception__\r\n{tag}\r\n{message}\n{len(message.encode()) + 1} {tag}\r\n"
            "__exception__\r\n"
        ).encode()
        if self._compressor is not None:
            block = self._compressor.compress(block) + self._compressor.flush()
        body = bytes(self._buffer) + block
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def text(self, status: int, text: str, code: int | None = None) -> None:
        """Send a whole answer of plain text, with the code of an error when it is one."""
        self._headers["Content-Type"] = "text/plain; charset=UTF-8"
        self._headers.pop("Content-Encoding", None)
        if code is not None:
            self._headers["X-ClickHouse-Exception-Code"] = str(code)
        self._headers["Content-Length"] = str(len(text.encode()))
        await self._start(status)
        await self._send({"type": "http.response.body", "body": text.encode()})

    def _message(self, error: QueryError) -> str:
        version = f"(version {self._engine.version})"
        return str(error) if version in str(error) else f"{error} {version}"

    async def _flush(self, progress: Progress, *, more: bool) -> None:
        if not self._started:
            if more:
                self._exception_tag = secrets.token_hex(8)
                self._headers["X-ClickHouse-Exception-Tag"] = self._exception_tag
            else:
                self._headers["Content-Length"] = str(len(self._buffer))
            self._headers["X-ClickHouse-Summary"] = self._summary(progress)
            await self._start(200)
        body = bytes(self._buffer)
        self._buffer.clear()
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _start(self, status: int) -> None:
        self._started = True
        headers = [(key.encode(), value.encode("latin-1")) for key, value in self._headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    def _summary(self, progress: Progress) -> str:
        counts = {
            "read_rows": progress.read_rows,
            "read_bytes": progress.read_bytes,
            "written_rows": progress.written_rows,
            "written_bytes": progress.written_bytes,
            "result_bytes": progress.result_bytes,
            "elapsed_ns": time.monotonic_ns() - self._began,
        }
        return json.dumps({name: str(count) for name, count in counts.items()})
