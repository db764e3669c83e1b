"""Posting to HTTP receivers: what each answer means, and errors without credentials."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

import httpx

from streams.http_client import HttpClient, body_of
from streams.outbound import Networks, RefusedAddress
from streams.receivers.protocol import DELIVERED, Outcome, ReceiverError
from streams.receivers.shown_url import shown_url
from streams.receivers.untrusted_text import printable, shorten

REFUSED_STATUSES = frozenset({400, 405, 410, 413, 414, 415, 422})
"""Answers about the message itself. Any other failure (a wrong token, a service not deployed yet)
can be put right while the alert fires, so it is tried again."""

_ANSWER_BYTES = 2000


class HttpPoster:
    """Posts JSON bodies to one address.

    Parameters
    ----------
    name
        The receiver's.
    url
        Where to post; nowhere else, as no redirect is followed.
    networks
        Where that may be.
    timeout_seconds
        Longest wait for an answer.

    Raises
    ------
    ReceiverError
        ``url`` cannot be used.
    """

    def __init__(self, name: str, url: str, *, networks: Networks, timeout_seconds: float) -> None:
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ReceiverError(f"receiver {name!r}: its url cannot be read: {error}") from None
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ReceiverError(
                f"receiver {name!r}: its url must be http(s)://host[:port][/path], "
                f"not {shown_url(url)!r}"
            )
        self._secrets = url
        self._client = HttpClient(networks, timeout_seconds=timeout_seconds)

    def post(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Outcome:
        """Send ``body``; ``now`` is used to read a ``Retry-After`` that is a date."""

        async def outcome(response: httpx.Response) -> Outcome:
            return DELIVERED if response.is_success else await self._failure(response, now)

        try:
            return self._client.call(
                "POST",
                self._url,
                {"Content-Type": "application/json", **headers},
                outcome,
                body=body,
            )
        except (httpx.HTTPError, RefusedAddress) as error:
            return Outcome(kind="retry", error=self._clean(f"{type(error).__name__}: {error}"))

    async def _failure(self, response: httpx.Response, now: datetime) -> Outcome:
        error = f"HTTP {response.status_code} {printable(response.reason_phrase)}"
        body = await body_of(response, _ANSWER_BYTES)
        answer = self._clean(body[:_ANSWER_BYTES].decode(errors="replace"))
        if response.status_code in REFUSED_STATUSES:
            return Outcome(kind="refused", error=error, answer=answer)
        retry_after = parse_retry_after(response.headers.get("Retry-After", ""), now)
        return Outcome(kind="retry", error=error, answer=answer, retry_after=retry_after)

    def _clean(self, text: str) -> str:
        return without_url_parts(text, self._secrets)


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a ``Retry-After`` header (RFC 9110, 10.2.3): a number or a date.

    >>> from datetime import UTC, datetime
    >>> parse_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> parse_retry_after("Thu, 01 Jan 2026 00:00:30 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    30.0
    """
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def without_url_parts(text: str, url: str, *, host_is_secret: bool = False) -> str:
    """One line of ``text`` in which user, password, path and query of ``url`` do not occur.

    >>> without_url_parts("no /T0SECRET/x on hooks.example", "https://hooks.example/T0SECRET/x")
    'no /…/x on hooks.example'
    """
    _, _, rest = url.partition("://")
    if not host_is_secret:
        authority, slash, path = rest.partition("/")
        user, at, _ = authority.rpartition("@")
        rest = f"{user}{at}{slash}{path}" if at else path
    words = {part for part in re.split(r"[/:@?&=#,]", rest) if len(part) >= 4}
    for word in sorted(words | {unquote(word) for word in words}, key=len, reverse=True):
        text = text.replace(word, "…")
    return shorten(printable(text), 300)
