"""The page process put together."""

import asyncio
import socket
import threading
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network

import structlog
import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.page.app import create_app
from dashboards.page.context import PageContext
from dashboards.page.security import SignInProxy
from streams.page.jobs import Jobs
from streams.page.monitors import MonitorFolder
from streams.page.reports import AlertReports
from streams.page.settings import PageSettings
from streams.page.store import PageStore
from streams.page.trials import MonitorTrials
from streams.service import new_registry
from streams.setting_values import listed
from streams.settings import Settings
from streams.store.setup import connect_by

log = structlog.get_logger(__name__)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STOP_SECONDS = 0.2


def run_page(settings: Settings, stop: threading.Event) -> None:
    """Serve the page until ``stop`` is set; while ClickHouse is away, the page says so.

    Raises ``OSError`` when the port cannot be had.
    """
    store = PageStore(partial(connect_by, settings.clickhouse))
    app = build_app(settings, store, new_registry())
    host, port = settings.page.host or settings.http.host, settings.http.page_port
    with _listening(host, port) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                # A proxy is known by its own address, not by the one it tells of.
                proxy_headers=False,
                # Streams never end by themselves: who looks is cut off when the process stops.
                timeout_graceful_shutdown=1,
                lifespan="on",
            )
        )
        log.info("page_ready", url=f"http://{host}:{listener.getsockname()[1]}/")
        try:
            asyncio.run(_serve(server, listener, stop))
        finally:
            store.close()


def build_app(settings: Settings, store: PageStore, registry: CollectorRegistry) -> Starlette:
    """The page as the settings want it, with the process's metrics."""
    page = settings.page
    host = page.host or settings.http.host
    hosts = tuple(listed(page.hosts)) or (_LOOPBACK if host in _LOOPBACK else ())
    jobs = Jobs()
    context = PageContext(
        store=store,
        monitors=MonitorFolder(settings.monitors),
        trials=MonitorTrials(jobs, settings.clickhouse),
        reports=AlertReports(jobs, settings.clickhouse),
        clock=lambda: datetime.now(UTC),
        refresh_seconds=page.refresh_seconds,
        token=page.token.get_secret_value(),
        proxy=_proxy(page),
        hosts=hosts,
    )

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return create_app(context, more_routes=[Route("/metrics", metrics)])


def _proxy(page: PageSettings) -> SignInProxy | None:
    if not page.identity_header:
        return None
    return SignInProxy(page.identity_header, tuple(map(ip_network, listed(page.proxies))))


async def _serve(server: uvicorn.Server, listener: socket.socket, stop: threading.Event) -> None:
    serving = asyncio.create_task(server._serve([listener]))
    while not stop.is_set() and not serving.done():
        await asyncio.sleep(_STOP_SECONDS)
    server.should_exit = True
    await serving


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise OSError(
            f"page: cannot listen on {host}:{port} ({error.strerror}): stop the other process or "
            "set http.page_port to another port"
        ) from error
