"""A real ClickHouse engine without an installation: chDB behind ClickHouse's HTTP interface."""

import os
import sys
from pathlib import Path

import httpx

from streams.embedded.server import HOST, EmbeddedServer

_MODULE = "streams.embedded.clickhouse_http"
_SOURCE_ROOT = Path(__file__).resolve().parents[2]


class EmbeddedClickHouse(EmbeddedServer):
    """chDB in a child process that speaks ClickHouse's HTTP protocol; data survive restarts.

    Parameters
    ----------
    data_dir
        Where tables and the log file are kept.
    port
        Port on 127.0.0.1. None: the port of the last run if it is free, else any free one.
    max_body_bytes
        Most bytes that a request's body may have, after decompression.
    start_timeout
        Seconds within which the server must answer.
    stop_timeout
        Seconds that a graceful stop may take before the server is killed.

    Examples
    --------
    >>> import clickhouse_connect
    >>> with EmbeddedClickHouse(Path("data/clickhouse")) as server:  # doctest: +SKIP
    ...     client = clickhouse_connect.get_client(host=server.host, port=server.port)
    ...     print(client.command("SELECT 1"))
    1
    """

    name = "clickhouse"
    host = HOST

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        max_body_bytes: int = 1_000_000_000,
        start_timeout: float = 120.0,
        stop_timeout: float = 20.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout, stop_timeout=stop_timeout)
        self.max_body_bytes = max_body_bytes

    @property
    def url(self) -> str:
        """Address of the HTTP interface, ``http://127.0.0.1:PORT``."""
        return f"http://{HOST}:{self.port}"

    def _prepare(self) -> list[str]:
        arguments = {
            "--path": self.data_dir,
            "--port": self.port,
            "--max-body-bytes": self.max_body_bytes,
        }
        flat = [str(item) for pair in arguments.items() for item in pair]
        return [sys.executable, "-m", _MODULE, *flat]

    def _environment(self) -> dict[str, str]:
        # The child runs in data_dir and must find this package wherever it was started from.
        paths = [str(_SOURCE_ROOT), os.environ.get("PYTHONPATH", "")]
        return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def _answers(self) -> bool:
        try:
            answer = httpx.post(self.url, content="SELECT 1", timeout=2.0, trust_env=False)
        except httpx.TransportError:
            return False
        return answer.text == "1\n"
