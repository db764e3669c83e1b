"""Functions compiled when they are called."""

import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled


@compiled
def _square(value: float) -> float:
    return value * value


@compiled
def _sum_of_squares(values: NDArray[np.float64]) -> float:
    total = 0.0
    for value in values:
        total += _square(value)
    return total


def test_a_compiled_function_calls_another() -> None:
    assert _sum_of_squares(np.arange(4.0)) == 14.0
    assert _sum_of_squares.__name__ == "_sum_of_squares"


def test_knowing_the_signals_takes_no_compiler() -> None:
    """What a process that computes nothing imports, it pays for in start and memory."""
    program = (
        "import sys; from detectors.discovery import all_signals, discover_detectors;"
        "assert all_signals(discover_detectors()); print('numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
