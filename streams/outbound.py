"""Where a process may connect on behalf of a document, a setting or an answer.

Receivers and the judge call addresses that others wrote down. Without a bound such an address could
make Tidewatch call what only its own network can reach: a cloud's metadata service, a database
without a password on 127.0.0.1 (server-side request forgery). So a connection is judged when it is
made, by the address it is made to: names that change what they lead to, redirects and mail servers
are covered by the same look.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

PRIVATE: Final = "private"
"""Word for all networks that are not public, but for link-local ones and metadata services."""

_METADATA: Final = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # AWS, Azure, Google, and ECS's credentials
            "fe80::/10",
            "fd00:ec2::/32",  # AWS
            "fd20:ce::254/128",  # Google
            "100.100.100.200/32",  # Alibaba
            "168.63.129.16/32",  # Azure's platform
            "192.0.0.192/32",  # Oracle
        ),
    )
)
_EMBEDDING: Final = (ip_network("64:ff9b::/96"), ip_network("::/96"))
"""IPv6 addresses that stand for an IPv4 one: NAT64, and IPv4-compatible ones."""


class RefusedAddress(ConnectionError):
    """A connection to an address that was not allowed; the message names it and the remedy."""


class Networks:
    """Networks that may be connected to beside the public internet.

    Parameters
    ----------
    allowed
        Networks, each with all it holds.
    private
        Whether loopback and private addresses are allowed too.
    setting
        Which setting allows more; told when an address is refused.

    Examples
    --------
    >>> networks = Networks.parse("10.0.0.0/8", setting="notify.allow_networks")
    >>> networks.refusal("10.1.2.3"), networks.refusal("8.8.8.8")
    ('', '')
    >>> networks.refusal("127.0.0.1")
    '127.0.0.1 is a loopback address: allow it in notify.allow_networks, or name another'
    """

    def __init__(
        self,
        allowed: tuple[IPv4Network | IPv6Network, ...] = (),
        *,
        private: bool = False,
        setting: str = "allow_networks",
    ) -> None:
        self._allowed = allowed
        self._private = private
        self._setting = setting

    @classmethod
    def parse(cls, text: str, *, setting: str = "allow_networks") -> "Networks":
        """Networks and addresses by commas; ``private`` stands for all private ones.

        Raises ``ValueError`` for anything else.
        """
        words = [word.strip() for word in text.split(",") if word.strip()]
        found = []
        for word in words:
            if word == PRIVATE:
                continue
            try:
                found.append(ip_network(word))
            except ValueError:
                raise ValueError(
                    f"{word!r} is no network: write addresses such as 10.0.0.0/8 or 127.0.0.1, or "
                    f"{PRIVATE}, by commas"
                ) from None
        return cls(tuple(found), private=PRIVATE in words, setting=setting)

    def refusal(self, text: str) -> str:
        """Why an address (as text, perhaps with a zone) may not be connected to; empty: it may."""
        try:
            address = _meant(ip_address(text.partition("%")[0]))
        except ValueError:
            return f"{text[:80]!r} is no address"
        if any(address in network for network in self._allowed):
            return ""
        kind = _kind(address)
        if not kind or (self._private and kind in {"a loopback address", "a private address"}):
            return ""
        return f"{address} is {kind}: allow it in {self._setting}, or name another"

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Connections that are made in this context, and in those copied from it, are judged.

        A refused one raises :class:`RefusedAddress`, an ``OSError`` for whoever connects.
        """
        _watch_connections()
        token = _enforced.set(self)
        try:
            yield
        finally:
            _enforced.reset(token)


_enforced: ContextVar[Networks | None] = ContextVar("enforced_networks", default=None)


@cache
def _watch_connections() -> None:
    """Have Python tell of every connection before it is made; once, as this cannot be undone."""
    sys.addaudithook(_judge)


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or (networks := _enforced.get()) is None:
        return
    target = arguments[1]
    if isinstance(target, tuple) and (problem := networks.refusal(str(target[0]))):
        raise RefusedAddress(problem)


def refused(error: BaseException | None) -> RefusedAddress | None:
    """The refusal that an error comes from, however a library has wrapped it."""
    while error is not None:
        if isinstance(error, RefusedAddress):
            return error
        if isinstance(error, BaseExceptionGroup):  # of a name's several addresses
            return next(filter(None, map(refused, error.exceptions)), None)
        error = error.__cause__ or error.__context__
    return None


def _kind(address: IPv4Address | IPv6Address) -> str:
    """What is special about an address; empty when it is a host's on the public internet."""
    if any(address in network for network in _METADATA):
        return "link-local or a cloud's own"
    if address.is_loopback:
        return "a loopback address"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return "no host's address"
    if not address.is_global or (isinstance(address, IPv6Address) and address.is_site_local):
        return "a private address"
    return ""


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, else itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        # :: and ::1 are themselves.
        if int(address) > 1 and any(address in network for network in _EMBEDDING):
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
