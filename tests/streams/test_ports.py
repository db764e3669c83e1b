"""Free ports."""

import socket

import pytest

from streams.ports import free_port


def test_wanted_port_where_it_is_free() -> None:
    port = free_port()
    assert free_port(wanted=port) == port


def test_another_where_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wanted = listener.getsockname()[1]
        assert free_port(wanted=wanted) != wanted


def test_another_where_it_is_given_away() -> None:
    port = free_port()
    assert free_port(wanted=port, taken=[port]) != port


def test_host_that_is_not_here() -> None:
    with pytest.raises(OSError, match=r"no free port on 203\.0\.113\.1"):
        free_port("203.0.113.1")
