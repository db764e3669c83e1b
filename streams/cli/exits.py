"""Exit codes, and errors told in a line instead of a traceback."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from streams.embedded.server import EmbeddedServerError
from streams.kafka import KafkaUnavailable
from streams.monitors import MonitorsError
from streams.settings import SettingsError
from streams.store.errors import StoreError

OK = 0
FAILED = 1
USAGE = 2
INVALID = 3
UNAVAILABLE = 4

P = ParamSpec("P")
R = TypeVar("R")

errors = Console(stderr=True)


def told_in_a_line(command: Callable[P, R]) -> Callable[P, R]:
    """Turn expected errors into a message and an exit code.

    3: settings, monitors or input are invalid. 4: Kafka, ClickHouse or a port cannot be had.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (SettingsError, MonitorsError) as error:
            _tell(str(error))
            raise typer.Exit(INVALID) from None
        except (KafkaUnavailable, StoreError, EmbeddedServerError, OSError) as error:
            _tell(str(error))
            raise typer.Exit(UNAVAILABLE) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(FAILED) from None

    return run


def _tell(message: str) -> None:
    for line in message.splitlines():
        errors.print(f"[bold red]error[/] {_plain(line)}", highlight=False, soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
