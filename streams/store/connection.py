"""Connecting to ClickHouse over HTTP."""

import logging
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from streams.store.errors import StoreError, store_errors

# What fails is raised and told by whoever asked: the driver's own line would only come beside it.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())

_PORTS = {"http": 8123, "https": 8443}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SETTINGS = {
    # An insert of old events may touch more days than the default of 100 partitions allows.
    "max_partitions_per_insert_block": 0,
    # An insert is done when its rows are in the table, not when they wait in a queue.
    "async_insert": 0,
}


def connect(
    url: str,
    *,
    database: str = "default",
    user: str = "default",
    password: str = "",
    timeout_seconds: float = 30,
    ca_location: str = "",
) -> Client:
    """A client of one ClickHouse server, for one thread at a time. It retries no insert.

    Parameters
    ----------
    url
        HTTP interface, such as ``http://127.0.0.1:8123``; ``https`` verifies the certificate.
    database
        Database of all statements. It must exist (:func:`streams.store.migrate.create_database`).
    user, password
        Who connects.
    timeout_seconds
        Longest wait for a connection and for an answer.
    ca_location
        File with the certificate authority of an ``https`` server; empty: those known publicly.

    Raises
    ------
    StoreUnavailable
        Nobody answers at ``url``.
    StoreError
        The server refuses the user, the database does not exist, or ``url`` is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise StoreError(f"clickhouse.url: {url!r} is no http:// or https:// address")
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or _PORTS[parts.scheme],
        "interface": parts.scheme,
        "proxy_path": parts.path.rstrip("/"),
        "username": user,
        "password": password,
        "database": database,
        **({"ca_cert": ca_location} if ca_location else {}),
        "connect_timeout": max(1, int(min(timeout_seconds, 10))),
        "send_receive_timeout": max(1, int(timeout_seconds)),
        "query_retries": 0,
        "autogenerate_session_id": False,
        # On one machine compression costs more than the bytes it saves.
        "compress": False if parts.hostname in _LOOPBACK else "lz4",
        "client_name": "tidewatch",
        "tz_mode": "aware",
        "settings": _SETTINGS,
    }
    with store_errors("connecting", url):
        return clickhouse_connect.get_client(**options)
