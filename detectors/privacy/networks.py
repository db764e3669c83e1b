"""IP and hardware addresses."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window

_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4: Final = re.compile(rf"(?<![A-Za-z0-9.-])(?:{_OCTET}\.){{3}}{_OCTET}(?![A-Za-z0-9-]|\.\d)")
_VERSION: Final = re.compile(
    r"(?:\bv|version|release|firmware|build|driver|chrome/|safari/|section|chapter|clause|§|\boid|"
    r"\bdoi|==|>=|<=|~=|upgrade\w* to|\brev)[\s:.]{0,3}$",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(
    r"(?:\b(?:ssh|scp|sftp|rsync|mosh)\b[^\n]{0,30}|://[\w.:-]{1,36}"
    r"|\b(?:root|admin|ubuntu|debian|centos|pi|deploy|git|user\w*|ec2-user|postgres|ftp))@$",
    re.IGNORECASE,
)
_NETWORK: Final = re.compile(r"/(?:[89]|[12]\d|3[01])(?!\d)")
_CUE: Final = re.compile(
    r"(?<![a-z])(?:ip|ipv4|host|server|address|client|from|ping|ssh|connect\w*|gateway|dns|subnet|"
    r"proxy|login|remote|adresse|direcci[oó]n)",
    re.IGNORECASE,
)


def ipv4_in(window: Window) -> Iterator[Found]:
    """IPv4 addresses in the window's place that may be somebody's, and are no version."""
    for match in _IPV4.finditer(window.text, max(window.start - 1, 0), window.end):
        left = window.text[max(match.start() - 40, 0) : match.start()]
        address = ipaddress.IPv4Address(match.group())
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            continue
        if address.is_link_local or (
            address.packed[3] == 0 and _NETWORK.match(window.text, match.end())
        ):
            continue  # a network's address is nobody's
        if str(address).startswith(("255.", "0.")) or _VERSION.search(left):
            continue
        told = _CUE.search(left) is not None
        small = max(address.packed) < 32
        if left.endswith("@") and (small or not _LOGIN.search(left)):
            continue  # a package's version
        confidence = 0.95 if told else 0.35 if small else 0.85
        yield Found(*match.span(), Kind.IP, confidence, str(address))


_COLONS: Final = re.compile(r"[0-9A-Fa-f:]{2,45}(?:\.\d{1,3}){0,3}")
_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")


def colons_in(window: Window) -> Iterator[Found]:
    """An IPv6 or hardware address in the window's place."""
    match = _COLONS.match(window.text, window.start)
    if match is None or window.text[match.end() : match.end() + 1].isalnum():
        return
    text = match.group()
    if _MAC.fullmatch(text):
        yield from _mac(match.start(), match.end(), text)
        return
    while text.endswith(":") and not text.endswith("::"):
        text = text[:-1]
    if text.count(":") == 8 and "::" not in text:
        text = text.rpartition(":")[0]  # eight groups, and a port
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return
    if not (address.is_loopback or address.is_unspecified or address.is_multicast):
        yield Found(match.start(), match.start() + len(text), Kind.IP, 0.95, str(address))


def mac_in(window: Window) -> Iterator[Found]:
    """A hardware address with hyphens, which fills the window's place."""
    before, after = window.text[window.start - 1 : window.start], window.right[:1]
    if not (before.isalnum() or after.isalnum() or "-" in before + after):
        yield from _mac(window.start, window.end, window.text[window.start : window.end])


def _mac(start: int, end: int, text: str) -> Iterator[Found]:
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if len(set(digits)) > 2:
        yield Found(start, end, Kind.MAC, 0.93, digits)
