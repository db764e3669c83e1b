"""Where a judge's endpoint may be: no address that hands out a machine's credentials."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from streams.judge.judge import JudgeError

_REFUSED: Final = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # link-local: metadata of AWS, Azure, Google, and ECS's credentials
            "fe80::/10",
            "fd00:ec2::/32",  # metadata of AWS
            "fd20:ce::254/128",  # metadata of Google
            "100.100.100.200/32",  # metadata of Alibaba
            "168.63.129.16/32",  # Azure's platform
            "0.0.0.0/32",
            "::/128",
            "224.0.0.0/4",
            "ff00::/8",
        ),
    )
)
_EMBEDDING: Final = ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one (NAT64)."""


class RefusedAddress(JudgeError):
    """The endpoint is, or has become, at an address that is refused."""


def check_url(url: str) -> None:
    """Refuse what is no plain http(s) address.

    Raises :class:`JudgeError`; its message holds neither user nor password nor query.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise JudgeError(
            "judge.endpoint_url cannot be read: write http(s)://host[:port]/v1"
        ) from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise JudgeError("judge.endpoint_url must be http(s)://host[:port]/path")
    if parts.username is not None or parts.password is not None:
        raise JudgeError("judge.endpoint_url holds a password: put it into judge.endpoint_key")
    if parts.query or parts.fragment:
        raise JudgeError("judge.endpoint_url must end with its path, such as /v1")


def check_address(url: str) -> None:
    """Refuse an endpoint whose name leads to a link-local or metadata address.

    Asked before every call, since what a name leads to can change. Raises
    :class:`RefusedAddress`, or ``OSError`` when the name is not known.
    """
    host = urlsplit(url).hostname or ""
    for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        if is_refused(str(address[0])):
            raise RefusedAddress(
                "judge.endpoint_url leads to a link-local, metadata or unusable address: name "
                "another, or set judge.allow_link_local"
            )


def is_refused(text: str) -> bool:
    """Whether an address (as text, perhaps with a zone) is link-local, metadata or unusable.

    >>> is_refused("169.254.169.254"), is_refused("::ffff:169.254.169.254"), is_refused("10.0.0.1")
    (True, True, False)
    """
    address = _meant(ip_address(text.partition("%")[0]))
    return any(address in network for network in _REFUSED if network.version == address.version)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, else itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address in _EMBEDDING:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
