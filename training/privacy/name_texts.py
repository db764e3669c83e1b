"""Texts in which every name is known: templates that are filled, and public texts by the rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from training.privacy.name_values import other_value, values
from training.privacy.presidio_corpus import is_judged, read_rows

Spans = tuple[tuple[int, int], ...]
_SLOT: Final = re.compile(r"\{([A-Z]+)\}")
_ROOM: Final = Path(__file__).parent
_NAME_SLOTS: Final = ("PERSON", "FIRST", "LAST")


@dataclass(frozen=True)
class NamedText:
    """A text, where its names are, and where nobody knows; in characters."""

    text: str
    names: Spans
    unknown: Spans = ()


def templates() -> list[str]:
    """Our own templates: those with people, and those without."""
    both = [
        (_ROOM / name).read_text(encoding="utf-8").splitlines()
        for name in ("name_templates.txt", "name_templates_without.txt")
    ]
    return [line.replace("\\n", "\n") for lines in both for line in lines]


def filled(template: str, rng: Random) -> NamedText:
    """The template with names and other values for its slots.

    Spelling changes now and then: all letters small or large.
    """
    language = rng.randrange(len(values().given))
    parts, names, at = [], [], 0
    last = 0
    for slot in _SLOT.finditer(template):
        parts.append(template[last : slot.start()])
        at += len(parts[-1])
        last = slot.end()
        kind = slot[1]
        if rng.random() < 0.3:
            language = rng.randrange(len(values().given))
        if kind == "NAMESAKE":
            value = values().full_name(rng, language)
        elif kind == "PERSON":
            value = _person(rng, language)
        elif kind == "FIRST":
            value = values().given_name(rng, language)
        elif kind == "LAST":
            value = values().family_name(rng, language)
        else:
            value = other_value(kind, rng)
        if kind in _NAME_SLOTS or kind == "INITIAL":
            names.append((at, at + len(value)))
        parts.append(value)
        at += len(value)
    text = "".join([*parts, template[last:]])
    return NamedText(_respelt(text, rng, names), tuple(names))


def _person(rng: Random, language: int) -> str:
    chance = rng.random()
    if chance < 0.12:
        return values().given_name(rng, language)
    if chance < 0.18:
        return values().family_name(rng, language)
    return values().full_name(rng, language)


def _respelt(text: str, rng: Random, names: Sequence[tuple[int, int]]) -> str:
    chance = rng.random()
    changed = text
    if chance < 0.1:
        changed = text.lower()
    elif chance < 0.13:
        changed = text.upper()
    elif chance < 0.17:
        for start, end in names:
            changed = changed[:start] + changed[start:end].upper() + changed[end:]
    return changed if len(changed) == len(text) else text


def presidio_templates(path: Path) -> Iterator[str]:
    """presidio-research's sentences as templates, those left out that are for judging only."""
    slots = {
        "PERSON": "PERSON", "GPE": "CITY", "LOCATION": "CITY", "ORGANIZATION": "COMPANY",
        "STREET_ADDRESS": "STREET", "DATE_TIME": "DATE", "EMAIL_ADDRESS": "EMAIL",
        "PHONE_NUMBER": "PHONE",
    }  # fmt: skip
    for number, row in enumerate(read_rows(path)):
        if is_judged(row):
            continue
        text, parts, at = row["text"], [], 0
        for kind, start, end in sorted(row["spans"], key=lambda span: span[1]):
            if start < at:
                continue
            value = text[start:end]
            title = kind == "PERSON" and value.endswith(".") and " " not in value
            slot = slots.get(kind)
            if kind == "PERSON" and " " not in value:
                slot = "LAST" if number % 2 else "FIRST"
            parts += [text[at:start], f"{{{slot}}}" if slot and not title else value]
            at = end
        yield "".join([*parts, text[at:]])
