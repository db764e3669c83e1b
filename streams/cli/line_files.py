"""Files of one JSON object a line that commands are told."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from streams.cli.exits import refuse

T = TypeVar("T")


def read_lines(path: Path, decode: Callable[[bytes], T], what: str) -> list[T]:
    """All that the lines of a file hold; empty lines hold nothing.

    The command ends where a line is not ``what`` it should be, and names it.
    """
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            try:
                found.append(decode(line))
            except msgspec.DecodeError as error:
                refuse(f"{path}:{number}: no {what}: {error}")
    return found
