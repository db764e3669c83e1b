"""What form prompts and responses have: questions, code, lists, links."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal

# A question mark that ends something; in a link's query it does not. Also full-width, Arabic, Greek.
QUESTION: Final = r"(?:[?][\s\"'”’)\]*!?]|[?]$|[？؟;])"

CODE: Final = (
    r"(?m)```|^\s*(?:def|class) \w+.*:\s*$|^\s*(?:import|from) [\w.]+(?: import .*)?;?\s*$"
    r"|^\s*#include\s*[<\"]|^\s*(?:public|private|static|const|let|var|function|func|fn) .*[{;=(]"
    r"|</[a-z][a-z0-9]*>|(?i:\bselect\b[^\n.]{1,200}\bfrom\s+\w)[^\n]*;|[;{]\s*\n\s*\}|\);\s*$"
)

_ITEM: Final = r"^[ \t]*(?:[-*+•–]|\d{1,3}[.)])[ \t]+\S"
LIST: Final = rf"(?m){_ITEM}(?s:.*?){_ITEM}"
"""Two lines that begin as items of a list do."""

URL: Final = r"https?://\w|\bwww\.\w"


def _flag(name: str, description: str) -> Signal:
    source = "prompt" if name.startswith("prompt") else "response"
    return Signal(name=name, kind="flag", source=source, description=description)


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
        prompt, response = batch.text("prompt").head, batch.text("response").head
        return {
            "prompt.has_question": prompt.str.contains(QUESTION),
            "prompt.has_code": prompt.str.contains(CODE),
            "response.has_code": response.str.contains(CODE),
            "response.has_list": response.str.contains(LIST),
            "response.has_url": response.str.contains(URL),
        }


detector = FormDetector()
