"""What form prompts and responses have: questions, code, lists, links."""

from collections.abc import Mapping
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
        "```",
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
"""A fenced block, or lines as programs and markup have them."""

_ITEM: Final = r"^[ \t]*(?:[-*+•–]|\d{1,3}[.)])[ \t]+\S"
LIST: Final = rf"(?m){_ITEM}(?s:.*?){_ITEM}"
"""Two lines that begin as items of a list do."""

URL: Final = r"https?://\w|\bwww\.\w"


def _flag(name: str, description: str) -> Signal:
    source: Source = "prompt" if name.startswith("prompt") else "response"
    return Signal(name=name, kind="flag", source=source, description=description)


def _where_matching(text: TextColumn, mark: int, pattern: str) -> pl.Series:
    """Which texts match, searching those that have the mark: no others do."""
    found = np.zeros(len(text), np.bool_)
    marked = np.flatnonzero(text.marks & mark)
    if marked.size:
        found[marked] = text.head[marked].str.contains(pattern).to_numpy()
    return text.flags_where_known(found)


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
            "prompt.has_code": _where_matching(prompt, marks.CODE, CODE),
            "response.has_code": _where_matching(response, marks.CODE, CODE),
            "response.has_list": _where_matching(response, marks.ITEMS, LIST),
            "response.has_url": _where_matching(response, marks.LINK, URL),
        }


detector = FormDetector()
