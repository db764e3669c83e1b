"""HTTP calls that end in time, whatever the server does."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import httpx

from streams.outbound import Networks, refused

T = TypeVar("T")


class HttpClient:
    """Calls servers that others have named. Threads may share it.

    Parameters
    ----------
    networks
        Where they may be; no redirect is followed to elsewhere.
    timeout_seconds
        Longest time from connecting to the end of the answer. httpx itself bounds every wait alone:
        a server that sends a byte now and then would hold its caller for good.
    trust_env
        Whether proxies and certificates are taken from the environment.
    """

    def __init__(
        self, networks: Networks, *, timeout_seconds: float, trust_env: bool = True
    ) -> None:
        # httpx logs whole addresses at INFO; those of receivers are credentials.
        for noisy in ("httpx", "httpcore"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        self._networks = networks
        self._timeout_seconds = timeout_seconds
        self._trust_env = trust_env
        self._tls = httpx.create_ssl_context(trust_env=trust_env)

    def call(
        self,
        method: str,
        url: httpx.URL | str,
        headers: Mapping[str, str],
        read: Callable[[httpx.Response], Awaitable[T]],
        *,
        body: bytes | None = None,
    ) -> T:
        """Send a request; give what ``read`` makes of the answer, whose body it may read.

        Raises ``httpx.HTTPError`` when the server cannot be reached or does not answer in time,
        :class:`~streams.outbound.RefusedAddress` when it is where it may not be.
        """
        request = httpx.Request(
            method,
            url,
            # Compressed, a small answer could unfold to a large one.
            headers={"User-Agent": "tidewatch", "Accept-Encoding": "identity", **headers},
            content=body,
        )
        try:
            with self._networks.enforced():
                return asyncio.run(self._call(request, read))
        except (httpx.HTTPError, OSError) as error:
            if refusal := refused(error):
                raise refusal from None
            raise

    async def _call(
        self, request: httpx.Request, read: Callable[[httpx.Response], Awaitable[T]]
    ) -> T:
        client = httpx.AsyncClient(
            verify=self._tls, timeout=self._timeout_seconds, trust_env=self._trust_env
        )
        try:
            async with asyncio.timeout(self._timeout_seconds), client:
                response = await client.send(request, stream=True)
                try:
                    return await read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise httpx.ReadTimeout(
                f"no answer within {self._timeout_seconds:g} s", request=request
            ) from None


async def body_of(response: httpx.Response, most_bytes: int) -> bytes:
    """The body as it came; one that is longer is cut off somewhere behind ``most_bytes``."""
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most_bytes:
            break
    return bytes(body)
