"""presidio-research's synthetic sentences, their spans called as the detector calls them."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.privacy.judge import Span

_KIND_OF: Final = {
    "CREDIT_CARD": "CARD", "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP", "US_SSN": "NATIONAL_ID", "US_DRIVER_LICENSE": "DRIVING_LICENCE",
    "PERSON": "PERSON",
}  # fmt: skip
_STREETS: Final = ("STREET_ADDRESS", "ADDRESS")
_PLACES: Final = (*_STREETS, "ZIP_CODE", "GPE", "LOCATION")
"""Parts of addresses, if they stand beside a street; there are addresses in one piece too."""
_BESIDE: Final = re.compile(r"[\s,.]{0,6}")
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


def read_sentences(path: Path) -> list[Sentence]:
    """All sentences of the file (JSON lines)."""
    with path.open(encoding="utf-8") as lines:
        return [_sentence(json.loads(line)) for line in lines]


def _sentence(row: dict[str, object]) -> Sentence:
    text, spans = str(row["text"]), row["spans"]
    assert isinstance(spans, list)
    known = sorted((int(begin), int(end), str(kind)) for kind, begin, end in spans)
    named = [(_KIND_OF[k], b, e) for b, e, k in known if k in _KIND_OF]
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
