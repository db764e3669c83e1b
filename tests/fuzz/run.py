"""Running targets over many inputs, each told by its seed and number."""

import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from msgspec import Struct

from tests.fuzz.inputs import Make

SLOW_SECONDS = 2.0
"""An input that takes longer is a finding too: a few of them would hold a process up."""


class Finding(Struct, frozen=True):
    """An input that a target did not take as it should."""

    target: str
    number: int
    problem: str
    value: Any


def fuzz(
    name: str, make: Make, target: Callable[[Any], None], *, inputs: int, seed: int = 0
) -> Iterator[Finding]:
    """Feed a target; the input of a number and seed is always the same."""
    for number in range(inputs):
        value = make(Random(f"{name} {seed} {number}"))
        begun = time.process_time()
        try:
            target(value)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            yield Finding(name, number, f"{type(error).__name__}: {error} ({place})", value)
        else:
            took = time.process_time() - begun
            if took > SLOW_SECONDS:
                yield Finding(name, number, f"took {took:.1f} s of CPU", value)
