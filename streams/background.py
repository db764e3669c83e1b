"""Calls that may hang, made where they cannot hold a process up."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")

CLOSE_SECONDS = 2.0
"""A client that cannot say good-bye to its server in this time is left as it is."""


def in_background(call: Callable[[], T], name: str = "background") -> "Future[T]":
    """Make a call in a thread of its own; its result or exception is in the future.

    The thread is a daemon: unlike those of an executor, one that hangs does not keep the process
    from ending.

    >>> in_background(lambda: 6 * 7).result()
    42
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def within(seconds: float, call: Callable[[], object]) -> bool:
    """Make a call and wait for its end, so long at most; whether it ended.

    >>> within(5.0, lambda: None)
    True
    """
    future = in_background(call)
    if not wait([future], seconds).done:
        return False
    future.result()
    return True
