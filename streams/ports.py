"""Ports that nobody listens on."""

import socket
from collections.abc import Collection


def free_port(host: str = "127.0.0.1", *, wanted: int = 0, taken: Collection[int] = ()) -> int:
    """The wanted port where it is free and not taken, otherwise another one.

    Nothing reserves it: a server should listen on it soon.

    Raises
    ------
    OSError
        ``host`` has no address or no free port here.

    Examples
    --------
    >>> free_port() > 0
    True
    """
    for port in (wanted, 0, 0, 0):
        with socket.socket() as probe:
            # As servers do: connections in TIME_WAIT must not make the port look taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in taken:
                return found
    raise OSError(f"no free port on {host}")
