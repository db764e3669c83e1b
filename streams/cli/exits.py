"""Exit codes, and errors told in a line instead of a traceback."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import NoReturn, ParamSpec, TypeVar

import typer

OK = 0
FAILED = 1
USAGE = 2
INVALID = 3
UNAVAILABLE = 4
ROLL_BACK = 5
NO_VERDICT = 6

MEANINGS = {
    OK: "done, or ended as asked",
    FAILED: "a check failed: `doctor` found a problem, `demo` missed something, messages were lost",
    USAGE: "the command line itself is wrong",
    INVALID: "settings, monitors or input are invalid; each problem has been listed",
    UNAVAILABLE: "Kafka, ClickHouse, a file, a port or the data directory cannot be had",
    ROLL_BACK: "`compare`: a candidate is worse than its margins allow",
    NO_VERDICT: "`compare`: nothing can be told yet, or within the time to wait",
}
"""What each exit code says."""

P = ParamSpec("P")
R = TypeVar("R")


def told_in_a_line(command: Callable[P, R]) -> Callable[P, R]:
    """Turn expected errors into a message and an exit code; others are bugs and pass."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BrokenPipeError:
            # Whoever read the output has gone, as `head` does. What is left must not be flushed.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(OK) from None
        except Exception as error:
            code = _exit_code(error)
            if code is None:
                raise
            tell(_words(error))
            raise typer.Exit(code) from None

    return run


def _words(error: Exception) -> str:
    """What an error says, its place first; of files the system's own words.

    >>> _words(FileNotFoundError(2, "No such file or directory", "a.jsonl"))
    'a.jsonl: No such file or directory'
    """
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def tell(message: str) -> None:
    """Print an error, a line each, to standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    for line in message.splitlines():
        console.print("[bold red]error[/]", end=" ")
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def refuse(message: str) -> NoReturn:
    """End with a message that input is invalid."""
    tell(message)
    raise typer.Exit(INVALID)


@contextmanager
def refused_when_invalid() -> Iterator[None]:
    """A ``ValueError`` in this block is invalid input, and told as such."""
    try:
        yield
    except ValueError as error:
        refuse(str(error))


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end this block as Ctrl-C does, with ``KeyboardInterrupt``.

    A second signal ends the process at once: what it started ends by itself then.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(error: Exception) -> int | None:
    # Here, as these modules take long to load and most commands never fail.
    from confluent_kafka import KafkaException

    from detectors.discovery import DetectorError
    from streams.embedded.server import EmbeddedServerError
    from streams.monitors import MonitorsError
    from streams.receivers.protocol import ReceiverError
    from streams.settings import SettingsError
    from streams.store.errors import StoreError

    if isinstance(error, SettingsError | MonitorsError | ReceiverError | DetectorError):
        return INVALID
    if isinstance(error, StoreError | EmbeddedServerError | KafkaException | OSError):
        return UNAVAILABLE
    return None
