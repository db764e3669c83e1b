"""ClickHouse for the page: a few connections, read only, asked from threads."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client

from dashboards.page.context import Rows, StoreProblem
from streams.store.errors import StoreError, StoreNotPrepared, StoreUnavailable, store_errors

log = structlog.get_logger(__name__)

CONNECTIONS = 3
_SETTINGS = {
    "readonly": 2,
    "max_execution_time": 20,
    "max_result_rows": 100_000,
    "result_overflow_mode": "break",
    # The page is looked at beside everything else: it takes one core a query at most.
    "max_threads": 1,
    # To compile them takes longer than these short questions save by it.
    "compile_expressions": 0,
    "compile_aggregate_expressions": 0,
}


class PageStore:
    """Asks ClickHouse for the page: at most ``CONNECTIONS`` questions at once.

    Parameters
    ----------
    connect
        Makes a client; raises ``StoreError``.
    """

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._mine = threading.local()
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")
        self._away = False

    async def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer. Raises :class:`dashboards.page.context.StoreProblem`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._query, sql, dict(parameters or {}))

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _query(self, sql: str, parameters: dict[str, Any]) -> Rows:
        try:
            client = self._client()
            with store_errors("answering the page", client.uri):
                result = client.query(sql, parameters=parameters, settings=_SETTINGS)
        except StoreError as error:
            self._mine.client = None
            raise self._problem(error) from error
        if self._away:
            self._away = False
            log.info("store_back")
        return Rows(tuple(result.column_names), result.result_rows)

    def _client(self) -> Client:
        client: Client | None = getattr(self._mine, "client", None)
        if client is None:
            client = self._mine.client = self._connect()
        return client

    def _problem(self, error: StoreError) -> StoreProblem:
        if isinstance(error, StoreUnavailable):
            if not self._away:
                self._away = True
                log.warning("store_unavailable", error=str(error))
            return StoreProblem(
                "ClickHouse does not answer.",
                f"{_first(error)}. Events and alerts go on meanwhile: nothing is lost, and this "
                "page goes on by itself. See whether ClickHouse runs (`tidewatch doctor`).",
                passing=True,
            )
        if isinstance(error, StoreNotPrepared):
            return StoreProblem(
                "The tables are not there yet.",
                f"Run `tidewatch migrate`; score adds the columns of signals. {_first(error)}",
                passing=True,
            )
        log.error("query_refused", error=str(error))
        return StoreProblem(
            "ClickHouse refused the question.",
            f"{_first(error)} Narrow what is chosen; if that does not help, run "
            "`tidewatch migrate` and `tidewatch doctor`.",
            passing=False,
        )


def _first(error: Exception) -> str:
    """The beginning of an error's text."""
    line = " ".join(str(error).split())
    return line if len(line) <= 300 else line[:299] + "…"
