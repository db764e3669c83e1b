"""What form prompts and responses have: questions, code, lists, links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.text import marks
from detectors.text.column import TextColumn
from schemas.signals import Signal, Source

QUESTION: Final = r"(?:[?][\s\"'”’)\]*!?]|[?]$|[\x{FF1F}\x{061F}\x{037E}])"
"""A question mark that ends something, as in a link's query it does not.

Also the full-width, the Arabic and the Greek one.
"""

_GAP: Final = r"[ \t]*"
CODE: Final = "(?m)" + "|".join(
    (
        rf"^{_GAP}(?:def|class) [A-Za-z_].*:{_GAP}$",
        rf"^{_GAP}(?:import|from) [A-Za-z0-9_.]+(?: import .*)?;?{_GAP}$",
        rf"^{_GAP}#include{_GAP}[<\"]",
        rf"^{_GAP}(?:public|private|static|const|let|var|function|func|fn) .*[{{;=(]",
        r"</[a-z][a-z0-9]*>",
        rf"^{_GAP}(?:SELECT|select) [^\n]*(?:FROM|from) [^\n]*;",
        rf"[;{{]{_GAP}\n{_GAP}\}}",
        rf"\);{_GAP}$",
    )
)
"""Lines as programs and markup have them."""
_CODE_HINTS: Final = [
    *("def ", "class ", "import ", "#include", "public ", "private ", "static ", "const "),
    *("let ", "var ", "func", "fn ", "</", "select ", "SELECT ", "}", ");"),
]
"""One of these is in whatever :data:`CODE` matches; they are found much faster."""

_ITEM: Final = r"^[ \t]*(?:[-*+•–]|\d{1,3}[.)])[ \t]+\S"
LIST: Final = rf"(?m){_ITEM}(?s:.*?){_ITEM}"
"""Two lines that begin as items of a list do."""

URL: Final = r"https?://\w|\bwww\.\w"

_FLAGS: Final = pl.Series([False, True, None], dtype=pl.Boolean)
_ABSENT: Final = 2
"""The place of null among the flags."""


def _flag(name: str, description: str) -> Signal:
    source: Source = "prompt" if name.startswith("prompt") else "response"
    return Signal(name=name, kind="flag", source=source, description=description)


def has_code(texts: pl.Series) -> pl.Series:
    """Whether texts hold a fenced block, or lines as programs and markup have them."""
    found = texts.str.contains("```", literal=True)
    rest = found.eq(False).arg_true()  # not of absent texts
    others = texts.gather(rest)
    hinted = others.str.contains_any(_CODE_HINTS).arg_true()
    matched = others.gather(hinted).str.contains(CODE)
    return found.scatter(rest.gather(hinted), matched)


def _where_marked(
    text: TextColumn, mark: int, holds: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Which texts hold something, asked of those that have its mark: no others do."""
    found = np.where(text.present, 0, _ABSENT)
    marked = np.flatnonzero(text.marks & mark)
    if marked.size:
        found[marked] = holds(text.head.gather(marked)).to_numpy()
    return _FLAGS.gather(found)


def _where_matching(text: TextColumn, mark: int, pattern: str) -> pl.Series:
    return _where_marked(text, mark, lambda texts: texts.str.contains(pattern))


@dataclass(frozen=True)
class FormDetector:
    """Patterns searched in the first 20,000 characters."""

    name: str = "form"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        _flag("prompt.has_question", "The prompt holds a question mark that ends something."),
        _flag("prompt.has_code", "The prompt holds program code or markup."),
        _flag("response.has_code", "The response holds program code or markup."),
        _flag("response.has_list", "The response holds a list of two items or more."),
        _flag("response.has_url", "The response holds a web address."),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        prompt, response = batch.text("prompt"), batch.text("response")
        return {
            "prompt.has_question": _where_matching(prompt, marks.QUESTION, QUESTION),
            "prompt.has_code": _where_marked(prompt, marks.CODE, has_code),
            "response.has_code": _where_marked(response, marks.CODE, has_code),
            "response.has_list": _where_matching(response, marks.ITEMS, LIST),
            "response.has_url": _where_matching(response, marks.LINK, URL),
        }


detector = FormDetector()
