"""ClickHouse's HTTP interface on 127.0.0.1, with chDB as the engine in this process.

Enough for clickhouse-connect, for clickhouse-go and so Grafana's ClickHouse plugin, and for curl.
There are no users: whoever can open a connection to 127.0.0.1 may do anything, so requests that a
web page in a browser on this machine could send are refused. Not served: ClickHouse's own block
compression (``compress=1``, ``decompress=1``), external tables, progress headers.

Run it with ``python -m streams.embedded.clickhouse_http --path DIR --port PORT``.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from streams.embedded.engine import Engine, Progress, Query, QueryError
from streams.embedded.http_body import BodyError, BodyTooLargeError, RequestBody
from streams.embedded.http_query import HttpQuery, read_query
from streams.embedded.http_response import Response
from streams.embedded.native_blocks import (
    REVISION_WITH_CUSTOM_SERIALIZATION,
    with_custom_serialization,
)
from streams.embedded.server import HOST

_THREADS = 64
_LOCAL_NAMES = {HOST, "localhost", "::1"}
_CANCEL_AGAIN_SECONDS = 0.2
_MAX_HEADER_BYTES = 1_000_000
_KEEP_ALIVE_SECONDS = 30
"""As ClickHouse does: a client that has a connection for later finds it closed less often."""
_GRACE_SECONDS = 10
_CONNECTIONS = 500
_CANNOT_READ_ALL_DATA = 33
_LOGICAL_ERROR = 49
_NOT_ENOUGH_SPACE = 243
_TOO_MANY_BYTES = 307

log = logging.getLogger(__name__)


class ClickHouseHttp:
    """The ASGI application.

    Parameters
    ----------
    engine
        Runs the queries.
    folder
        Where large request bodies wait until they are complete.
    max_body_bytes
        Most bytes that a request's body may have, after decompression.
    """

    def __init__(self, engine: Engine, folder: Path, max_body_bytes: int) -> None:
        self._engine = engine
        self._folder = folder
        self._max_body_bytes = max_body_bytes
        self._threads = ThreadPoolExecutor(_THREADS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        response = Response(send, self._engine)
        method, path = scope["method"], scope["path"]
        if not _is_local(headers):
            await response.text(403, "Requests to other hosts or from web pages are refused.\n")
        elif path in {"/ping", "/replicas_status"}:
            await response.text(200, "Ok.\n")
        elif path not in {"/", "/query"}:
            await response.text(404, f"There is nothing at {path}, send queries to /\n")
        elif method not in {"GET", "HEAD", "POST"}:
            await response.text(405, "Use GET or POST.\n")
        elif method != "POST" and b"query=" not in scope["query_string"]:
            await response.text(200, "Ok.\n")
        else:
            await self._answer(scope, headers, receive, response)

    async def _answer(
        self, scope: Any, headers: dict[str, str], receive: Any, response: Response
    ) -> None:
        try:
            encoding = headers.get("content-encoding", "").strip().lower()
            body = RequestBody(encoding, self._max_body_bytes, self._folder)
            with contextlib.closing(body):
                if await _receive(receive, body):
                    request = read_query(scope, headers, body)
                    response.prepare(request, headers.get("accept-encoding", ""))
                    await self._run(request, receive, response)
        except QueryError as error:
            await response.fail(error)
        except BodyTooLargeError as error:
            await response.text(413, f"{error}\n", _TOO_MANY_BYTES)
        except BodyError as error:
            await response.text(400, f"{error}\n", _CANNOT_READ_ALL_DATA)
        except OSError as error:
            await response.text(500, f"cannot store the request: {error}\n", _NOT_ENOUGH_SPACE)
        except Exception as error:
            log.exception("request failed")
            message = f"Code: {_LOGICAL_ERROR}. DB::Exception: {type(error).__name__}: {error}"
            await response.fail(QueryError(_LOGICAL_ERROR, message))

    async def _run(self, request: HttpQuery, receive: Any, response: Response) -> None:
        progress = Progress()
        pieces = self._engine.run(request.query, progress)
        wanted = request.revision >= REVISION_WITH_CUSTOM_SERIALIZATION
        if wanted and request.query.result_format == "Native":
            pieces = with_custom_serialization(pieces)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            async for piece in self._in_threads(pieces, request.query, gone):
                await response.write(piece, progress)
            if not gone.done():
                await response.finish(progress)
        finally:
            gone.cancel()

    async def _in_threads(
        self, pieces: Iterator[bytes], query: Query, gone: asyncio.Task[None]
    ) -> AsyncIterator[bytes]:
        """Pieces of a result, each made in a thread; when the client goes away, the query ends."""
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self._threads)
        try:
            while True:
                step = in_thread(next, pieces, None)
                both: set[asyncio.Future[Any]] = {step, gone}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                while not step.done():
                    # Again until it ends: the query may not have begun yet.
                    await in_thread(self._engine.cancel, query.query_id)
                    await asyncio.wait({step}, timeout=_CANCEL_AGAIN_SECONDS)
                piece = await step
                if piece is None or gone.done():
                    return
                yield piece
        finally:
            await in_thread(pieces.close)  # type: ignore[attr-defined]


async def _receive(receive: Any, body: RequestBody) -> bool:
    """Take a request's whole body; False when the client goes away before its end."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            body.finish()
            return True


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_local(headers: dict[str, str]) -> bool:
    # A browser names the page that sends a request. A page whose own name was made to point to
    # 127.0.0.1 is known by that name.
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return False
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname in _LOCAL_NAMES
    except ValueError:
        return False


def main() -> None:
    """Serve one data directory until SIGTERM."""
    parser = argparse.ArgumentParser(description="ClickHouse's HTTP interface over chDB")
    parser.add_argument("--path", type=Path, required=True, help="data directory")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--max-body-bytes", type=int, default=1_000_000_000)
    arguments = parser.parse_args()
    arguments.path.mkdir(parents=True, exist_ok=True)
    # So that paths in statements are short and free of what ClickHouse takes for wildcards.
    os.chdir(arguments.path)
    folder = Path("incoming")
    # What a killed process has left.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    engine = Engine(Path("engine"))
    try:
        uvicorn.run(
            ClickHouseHttp(engine, folder, arguments.max_body_bytes),
            host=HOST,
            port=arguments.port,
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_level="warning",
            server_header=False,
            h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            limit_concurrency=_CONNECTIONS,
        )
    finally:
        engine.close()


if __name__ == "__main__":
    main()
