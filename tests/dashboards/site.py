"""The page served over a database that was filled, and a database for other tests of it."""

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from streams.page.service import build_app
from streams.page.settings import PageSettings
from streams.page.store import PageStore
from streams.service import new_registry
from streams.settings import ClickHouseSettings, Settings
from streams.store.connection import connect
from streams.store.migrate import create_database
from streams.store.setup import connect_by
from tests.dashboards.documents import write_documents

if TYPE_CHECKING:
    from tests.dashboards.filled import Filled


@cache
def filled_database(url: str) -> "tuple[str, Filled]":
    """A database with twenty minutes of traffic, the newest: made once for all tests."""
    # Here, as it loads every detector.
    from tests.dashboards.filled import fill, newest_end

    name = f"page_{uuid.uuid4().hex[:12]}"
    server = connect(url)
    create_database(server, name)
    server.close()
    client = connect(url, database=name)
    filled = fill(client, end=newest_end(datetime.now(UTC)))
    client.close()
    return name, filled


@contextmanager
def serving(
    url: str, database: str, folder: Path, *, refresh_seconds: float = 0.5, **page: Any
) -> Iterator[str]:
    """The page's address while it is served; ``page`` are other settings of it."""
    settings = Settings(
        clickhouse=ClickHouseSettings(url=url, database=database),
        monitors=write_documents(folder),
        page=PageSettings(refresh_seconds=refresh_seconds, **page),
    )
    store = PageStore(partial(connect_by, settings.clickhouse))
    app = build_app(settings, store, new_registry())
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
    )
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        store.close()


def get(url: str, path: str) -> str:
    """A page's HTML with all its panels; it must be there."""
    deadline = time.monotonic() + 240
    while True:
        answer = httpx.get(url + path, timeout=60)
        assert answer.status_code == 200, answer.text
        if "state loading" not in answer.text:
            return answer.text
        assert time.monotonic() < deadline, "panels are still being asked for"
        time.sleep(0.2)
