"""Where connections may go, judged when they are made."""

import contextvars
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from streams.outbound import Networks, RefusedAddress, refused

_METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "::a9fe:a9fe",
    "100.100.100.200",
    "168.63.129.16",
]
_PRIVATE = [
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
]
_NO_HOST = ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1"]


@pytest.mark.parametrize("address", [*_METADATA, *_PRIVATE, *_NO_HOST, "metadata.internal", ""])
def test_refused_unless_allowed(address: str) -> None:
    assert Networks().refusal(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_is_allowed(address: str) -> None:
    assert Networks().refusal(address) == ""


@pytest.mark.parametrize("address", _PRIVATE)
def test_private_ones_can_be_allowed_together(address: str) -> None:
    assert Networks.parse("private").refusal(address) == ""


@pytest.mark.parametrize("address", [*_METADATA, *_NO_HOST])
def test_that_allows_no_metadata_service(address: str) -> None:
    assert Networks.parse("private").refusal(address)


def test_a_named_network_is_allowed_and_no_other() -> None:
    networks = Networks.parse("10.2.0.0/16, 169.254.169.254")
    assert networks.refusal("10.2.3.4") == networks.refusal("169.254.169.254") == ""
    assert networks.refusal("10.3.0.1")
    assert networks.refusal("169.254.169.253")


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "private networks", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no network: write addresses such as"):
        Networks.parse(text)


def test_a_connection_is_judged_by_the_address_it_is_made_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with Networks().enforced(), pytest.raises(RefusedAddress, match=r"127\.0\.0\.1"):
            # A name is looked up first: what it leads to counts.
            socket.create_connection(("localhost", port), timeout=2)
        with Networks.parse("127.0.0.1").enforced():
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


def test_a_thread_in_a_copy_of_the_context_is_judged_too() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        ThreadPoolExecutor(1) as pool,
        Networks().enforced(),
    ):
        context = contextvars.copy_context()
        attempt = pool.submit(context.run, socket.create_connection, server.getsockname(), 2)
        assert isinstance(attempt.exception(), RefusedAddress)


def test_a_refusal_is_found_below_what_wraps_it() -> None:
    refusal = RefusedAddress("10.0.0.1")
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = OSError("inner")
    wrapped.__cause__.__context__ = refusal
    assert refused(wrapped) is refusal
    assert refused(RuntimeError("another")) is None
