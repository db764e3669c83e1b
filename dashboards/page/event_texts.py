"""An event's texts as stored, with its least supported sentence marked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"<[A-Z][A-Z0-9_]*>")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in three parts; ``approximate``: personal data were taken out before the mark."""

    before: str
    marked: str
    after: str
    approximate: bool = False

    @property
    def text(self) -> str:
        """The whole."""
        return self.before + self.marked + self.after


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what it is."""

    title: str
    text: str


def texts_of(event: Mapping[str, Any]) -> list[Text]:
    """The texts beside the response, those that are stored."""
    titles = {
        "system_prompt": "System prompt",
        "prompt": "Prompt",
        "reference_answer": "Answer known to be right",
    }
    return [Text(title, event[name]) for name, title in titles.items() if event[name]]


def marked(event: Mapping[str, Any]) -> Marked | None:
    """The response with its least supported sentence; ``None`` when no response is stored.

    The places were measured before personal data were taken out. Where placeholders stand before
    or in the sentence, lengths have changed: then the sentence the places fall into is marked.

    >>> event = {"response": "Yes. It flies.", "response_hallucination_span_start": 5.0,
    ...     "response_hallucination_span_end": 14.0}
    >>> marked(event)
    Marked(before='Yes. ', marked='It flies.', after='', approximate=False)
    """
    text = event["response"]
    if text is None:
        return None
    start = event.get("response_hallucination_span_start")
    end = event.get("response_hallucination_span_end")
    if start is None or end is None or not 0 <= start < end:
        return Marked(text, "", "")
    begin, stop = int(start), int(end)
    if begin < len(text) and not _PLACEHOLDER.search(text[:stop]):
        return Marked(text[:begin], text[begin:stop], text[stop:])
    sentences = _sentences(text)
    middle = min((begin + stop) // 2, len(text) - 1)
    for begin, stop in sentences:
        if begin <= middle < stop:
            return Marked(text[:begin], text[begin:stop].rstrip(), text[stop:], approximate=True)
    return Marked(text, "", "")


def _sentences(text: str) -> list[tuple[int, int]]:
    ends = [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    return [(b, e) for b, e in zip([0, *ends], ends, strict=False) if e > b]
