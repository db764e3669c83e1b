"""Compiling the loops that read every byte or every word."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and numbers to machine code when it is first called.

    The code is kept beside the module, or where ``NUMBA_CACHE_DIR`` says, so that it is compiled
    once an installation. Other threads run meanwhile. Divisions by zero give what numpy gives;
    indices are not checked.

    Parameters
    ----------
    function
        Of numpy arrays and scalars, in the part of Python that numba compiles.
    """
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast(Callable[P, R], decorate(function))
