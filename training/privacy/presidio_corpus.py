"""presidio-research's synthetic sentences, their spans called as the detector calls them."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.privacy.judge import Span

Row = dict[str, object]
"""A line of the file: text and spans."""

_EVERY: Final = 3
_WORD: Final = re.compile(r"[^\W\d]+")
_FILLED: Final = re.compile(r"_(?: _)+")
_KIND_OF: Final = {
    "CREDIT_CARD": "CARD", "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP", "US_SSN": "NATIONAL_ID", "US_DRIVER_LICENSE": "DRIVING_LICENCE",
    "PERSON": "PERSON",
}  # fmt: skip
_STREETS: Final = ("STREET_ADDRESS", "ADDRESS")
_PLACES: Final = (*_STREETS, "ZIP_CODE", "GPE", "LOCATION")
"""Parts of addresses, if they stand beside a street; there are addresses in one piece too."""
_TITLE: Final = re.compile(r"(?i:mr|mrs|ms|miss|dr)\.?")
"""Alone it names nobody; the name behind it is a span of its own."""
_BESIDE: Final = re.compile(r"[\s,.]{0,6}(?:\n(?:>|\?\?\?)[ ]?)?[ ]{0,2}")
_OTHERWISE: Final = {
    "DATE_TIME": "DATE_OF_BIRTH",
    "LOCATION": "ADDRESS",
    "GPE": "ADDRESS",
    "ZIP_CODE": "ADDRESS",
}


@dataclass(frozen=True)
class Sentence:
    """A text with its known spans, and ``unsure`` ones: a finding there is not wrong."""

    text: str
    spans: tuple[Span, ...]
    unsure: tuple[Span, ...]

    def judged(self, findings: Iterable[Span]) -> list[Span]:
        """The findings that are right or wrong."""
        return [
            each for each in findings if _meets(each, self.spans) or not _meets(each, self.unsure)
        ]


def judged_sentences(path: Path) -> list[Sentence]:
    """Sentences of the file (JSON lines) made from every third template, which nothing learns from."""
    rows = _rows(path)
    judged = _judged(rows)
    return [sentence_of(row) for row in rows if shape_of(row) in judged]


def developed_rows(path: Path) -> list[Row]:
    """The other sentences, as the file has them."""
    rows = _rows(path)
    judged = _judged(rows)
    return [row for row in rows if shape_of(row) not in judged]


def shape_of(row: Row) -> str:
    """What a sentence is made from: its words without what is filled in.

    The file's ``template_id`` does not tell: many templates are in it twice, in small letters too.

    >>> shape_of({"text": "My name is Ann.", "spans": [["PERSON", 11, 14]]})
    'my name is _'
    """
    text, spans = str(row["text"]), row["spans"]
    assert isinstance(spans, list)
    for _, begin, end in sorted(spans, key=lambda span: -span[1]):
        text = f"{text[:begin]} _ {text[end:]}"
    return _FILLED.sub("_", " ".join(_WORD.findall(text.lower())))


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _judged(rows: Iterable[Row]) -> set[str]:
    return set(list(dict.fromkeys(map(shape_of, rows)))[::_EVERY])


def sentence_of(row: Row) -> Sentence:
    """A line of the file with the spans that are judged."""
    text, spans = str(row["text"]), row["spans"]
    assert isinstance(spans, list)
    known = sorted((int(begin), int(end), str(kind)) for kind, begin, end in spans)
    named = [
        (_KIND_OF[k], b, e)
        for b, e, k in known
        if k in _KIND_OF and not (k == "PERSON" and _TITLE.fullmatch(text[b:e]))
    ]
    unsure = [(_OTHERWISE[k], b, e) for b, e, k in known if k in _OTHERWISE]
    return Sentence(text, (*named, *_addresses(text, known)), tuple(unsure))


def _addresses(text: str, known: Sequence[tuple[int, int, str]]) -> list[Span]:
    """Streets, each with the parts of its address."""
    found: list[list[tuple[int, int, str]]] = []
    for part in (each for each in known if each[2] in _PLACES):
        if found and _BESIDE.fullmatch(text[found[-1][-1][1] : part[0]]):
            found[-1].append(part)
        else:
            found.append([part])
    return [
        ("ADDRESS", parts[0][0], parts[-1][1])
        for parts in found
        if any(kind in _STREETS for _, _, kind in parts)
    ]


def _meets(finding: Span, spans: Iterable[Span]) -> bool:
    kind, begin, end = finding
    return any(kind == k and begin < e and b < end for k, b, e in spans)
