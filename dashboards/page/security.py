"""Who may look, and what the browser may do with what it is shown."""

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "tidewatch"
SIGN_IN = "/sign-in"
_OPEN = (SIGN_IN, "/static/", "/health/", "/metrics")
_FOR_MACHINES = ("/health/", "/metrics")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class SignInProxy:
    """A proxy before the page that signs people in (OpenID Connect) and names them in a header.

    Parameters
    ----------
    header
        Where it names them, such as ``X-Auth-Request-Email``. It must take this header out of what
        browsers send.
    networks
        Where it is: from other addresses the header counts for nothing.
    """

    header: str
    networks: tuple[IPv4Network | IPv6Network, ...]

    def names_somebody(self, headers: Headers, peer: str) -> bool:
        """Whether a request comes from the proxy, and with a name."""
        if not headers.get(self.header, "").strip():
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


class Security:
    """ASGI middleware: names of the host, who looks, requests from other sites, headers.

    With a token or a proxy, either opens.
    """

    def __init__(
        self, app: ASGIApp, *, token: str, proxy: SignInProxy | None, hosts: tuple[str, ...]
    ) -> None:
        self._app = app
        self._token = token
        self._proxy = proxy
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    # Reports bring a policy of their own.
                    headers.setdefault(name, value)
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        path = scope["path"]
        host = _hostname(f"//{headers.get('host', '')}")
        if self._hosts and host not in self._hosts and not path.startswith(_FOR_MACHINES):
            return PlainTextResponse(
                f"This page is not served under the name {host!r}: add it to page.hosts.\n", 421
            )
        if scope["method"] == "POST" and not _same_site(headers):
            return PlainTextResponse("This request comes from another site.\n", 403)
        if path.startswith(_OPEN) or self._is_known(headers, scope):
            return None
        if not self._token:
            return PlainTextResponse("Come through the proxy that signs people in.\n", 401)
        if "text/html" not in headers.get("accept", ""):
            return PlainTextResponse(
                "Sign in at /sign-in, or send Authorization: Bearer with page.token.\n", 401
            )
        wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if path != "/" else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted.rstrip('?'))}", 303)

    def _is_known(self, headers: Headers, scope: Scope) -> bool:
        if not self._token and self._proxy is None:
            return True
        if self._token and knows(headers, self._token):
            return True
        peer, _ = scope.get("client") or ("", 0)
        return self._proxy is not None and self._proxy.names_somebody(headers, peer)


def knows(headers: Headers, token: str) -> bool:
    """Whether a request carries the token, in its header or the cookie of a sign-in."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and hmac.compare_digest(cookie.value.encode(), proof(token).encode())


def proof(token: str) -> str:
    """What the cookie holds: nothing the token can be learned from."""
    return hmac.new(token.encode(), b"tidewatch page", hashlib.sha256).hexdigest()


def local_path(path: str) -> str:
    """The path on this site to go to after signing in; ``/`` for anything else.

    >>> local_path("/events?range=1h"), local_path("//evil.example"), local_path("https://a.b")
    ('/events?range=1h', '/', '/')
    """
    usable = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if usable else "/"


def _same_site(headers: Headers) -> bool:
    """Whether a request was made by this page, as far as the browser tells."""
    if site := headers.get("sec-fetch-site", ""):
        return site in {"same-origin", "none"}
    origin = headers.get("origin", "")
    return not origin or origin.partition("://")[2] == headers.get("host", "")


def _hostname(address: str) -> str:
    """The name in an address; empty where it cannot be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
