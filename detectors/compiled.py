"""Compiling the loops that read every byte or every word."""

import os
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast


@cache
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


P = ParamSpec("P")
R = TypeVar("R")


class Compiled(Generic[P, R]):
    """A function that is compiled when it is first called, or called by another one.

    Importing numba alone takes a second and 80 MB, which processes that compute nothing are spared.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *arguments: P.args, **options: P.kwargs) -> R:
        """What the function returns."""
        return cast(R, self._dispatcher(*arguments, **options))

    @property
    def _numba_type_(self) -> Any:
        """Asked for by numba, where a compiled function calls this one."""
        return self._dispatcher._numba_type_

    @cached_property
    def _dispatcher(self) -> Any:
        import numba  # noqa: PLC0415 - a second and 80 MB, see above
        from numba.core import config  # noqa: PLC0415

        config.CACHE_DIR = str(_kept_code())  # type: ignore[attr-defined]
        decorate = numba.njit(cache=True, nogil=True, error_model="numpy")
        return decorate(self._function)


def compiled(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile a function of arrays and numbers to machine code when it is first called.

    The code is kept in this package, or where ``NUMBA_CACHE_DIR`` says, so that it is compiled
    once an installation. Other threads run meanwhile. Divisions by zero give what numpy gives;
    indices are not checked.

    Parameters
    ----------
    function
        Of numpy arrays and scalars, in the part of Python that numba compiles.
    """
    return Compiled(function)
