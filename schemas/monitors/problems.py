"""What is wrong with monitor documents, told so that it can be put right."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Literal

from msgspec import Struct

ProblemSeverity = Literal["error", "warning"]


class Problem(Struct, frozen=True, kw_only=True):
    """One thing wrong in one file.

    ``path`` is the field (``spec.objectives[0].target``), empty for the file as a whole;
    ``document`` names kind and name of the document, ``line`` where the field, or else its
    document, starts. An *error* keeps a document from being used; a *warning* says that something
    valid has no effect.

    >>> str(Problem(file="m.yaml", path="spec.target", message="1.2 is not below 1"))
    'm.yaml: spec.target: 1.2 is not below 1'
    """

    file: str
    path: str
    message: str
    severity: ProblemSeverity = "error"
    document: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = ", ".join(
            part for part in (self.document, f"line {self.line}" if self.line else "") if part
        )
        parts = [self.file, self.path, self.message] if self.path else [self.file, self.message]
        return ": ".join(parts) + (f" ({where})" if where else "")


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a sentence about an unknown name: the closest known one, or the few there are.

    >>> did_you_mean("latncy", ["latency", "cost"])
    "; did you mean 'latency'?"
    >>> did_you_mean("x", ["a", "b"])
    '; known: a, b'
    """
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    if 0 < len(known) <= 12:
        return f"; known: {', '.join(sorted(known))}"
    return ""
