"""Compiling the loops that read every byte or every word."""

import os
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast


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

    def __init__(self, function: Callable[P, R], **options: object) -> None:
        self._function = function
        self._options = options
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
        compiling: Any = numba.njit
        options = {"cache": True, "nogil": True, "error_model": "numpy", **self._options}
        return compiling(**options)(self._function)


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


_IN_PLACE: Final = {"_nrt": False}
"""Without numba's runtime there is nobody to make arrays, or to count references to them."""


def compiled_in_place(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile as :func:`compiled` does what makes no array, but reads and fills those it is given.

    References to arrays are not counted then: in a loop over words, counting them costs more than
    reading the words.
    """
    return Compiled(function, **_IN_PLACE)


def compiled_inline(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile as :func:`compiled_in_place` does, as a part of whoever calls it.

    For what is called once a word: handing over an array costs a function more than reading it.
    """
    return Compiled(function, **_IN_PLACE, forceinline=True)


def compiled_fast(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile as :func:`compiled_in_place` does, with sums in the order that is fastest to add.

    Results differ from machine to machine by rounding, though not from batch to batch: use it
    where nobody rests on the last digit.
    """
    return Compiled(function, **_IN_PLACE, fastmath={"reassoc", "contract", "nsz"})
