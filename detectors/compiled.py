"""Compiling the loops that read every byte or every word."""

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from numba.core import config


def _kept_code() -> Path:
    """Where machine code is kept: a folder for this very state of the package.

    By itself numba looks at the file of a function only, not at those of the functions it calls.
    """
    package = Path(__file__).parent
    digest = blake2b(digest_size=8)
    for source in sorted(package.rglob("*.py")):
        text = source.read_bytes()
        if b"@compiled" in text:
            digest.update(text)
    base = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(base) if base else package / "__pycache__") / f"compiled-{digest.hexdigest()}"


config.CACHE_DIR = str(_kept_code())  # type: ignore[attr-defined]

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and numbers to machine code when it is first called.

    The code is kept in this package, or where ``NUMBA_CACHE_DIR`` says, so that it is compiled
    once an installation. Other threads run meanwhile. Divisions by zero give what numpy gives;
    indices are not checked.

    Parameters
    ----------
    function
        Of numpy arrays and scalars, in the part of Python that numba compiles.
    """
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast(Callable[P, R], decorate(function))
