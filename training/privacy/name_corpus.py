"""Texts in which every name of a person is known: what the tagger of names learns from.

Our own sentences and presidio-research's that are not judged are filled with names of sixty
languages; a third of the names are changed so that no list holds them. Texts of the public data
sets are read as the rules read them: what they are sure of is a name, what they doubt is left out.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from detectors.privacy.finder import find_by_rules
from detectors.privacy.frequent_names import CLEAR
from detectors.privacy.given_names import lone_names
from detectors.privacy.persons import NO_PERSON_BEHIND
from detectors.text.buffer import buffer_of
from training.privacy.name_phrases import FILLERS, PHRASES, THINGS
from training.privacy.name_sentences import BRANDS, PLACES, WITH_NAMES, WITHOUT
from training.privacy.names import names_of
from training.privacy.presidio_corpus import developed_rows

Labelled = tuple[str, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
"""A text, its names, and stretches of which nobody knows; characters."""

_SLOT: Final = re.compile(r"\{([A-Z])\}")
_BEFORE_THING: Final = re.compile(
    r"(?:(?<![\w'])(?:[Tt]he|[Aa]n?|[Ii]n|[Nn]ear)|\d|(?<!\w)[A-ZÀ-ÖØ-Þ][^\W\d_]{0,20}(?:['’-][^\W\d_]{0,20})?\.?)[ ]$"
)
"""Before a name that stands alone: it is part of a place's or a thing's."""
_WORD: Final = re.compile(r"(?<![\w'’@/.&#_-])[A-ZÀ-ÖØ-Þ][^\W\d_]{1,24}(?![\w@/-])")
_FREQUENT: Final = 0.3
_UNLISTED: Final = 0.3
_SMALL: Final = 0.18
_SURE: Final = 0.55
_VOWELS: Final = "aeiou"
_ENDINGS: Final = (
    "a",
    "ka",
    "o",
    "in",
    "is",
    "an",
    "ija",
    "ul",
    "ek",
    "os",
    "ette",
    "ander",
    "mir",
    "ić",
    "á",
    "é",
)


@cache
def _lists() -> dict[str, list[str]]:
    frequent = [name.title() for name in sorted(CLEAR)]
    listed = {kind: [n.title() for n in names_of(kind)] for kind in ("first_name", "last_name")}
    return {**listed, "frequent": frequent}


def _name(kind: str, rng: Random) -> str:
    frequent = kind == "first_name" and rng.random() < _FREQUENT
    name = rng.choice(_lists()["frequent" if frequent else kind])
    if rng.random() < _UNLISTED:
        at = rng.randrange(1, len(name))
        if rng.random() < 0.5:
            name = name[:at] + rng.choice(_VOWELS) + name[at + 1 :]
        else:
            name = name[: max(at, 3)].rstrip("-' ") + rng.choice(_ENDINGS)
    return name


def _full(rng: Random) -> str:
    middle = ""
    if rng.random() < 0.15:
        middle = " " + rng.choice("ABCDEFGHJKLMNPRSTVW") + rng.choice(("", "."))
    return f"{_name('first_name', rng)}{middle} {_name('last_name', rng)}"


def a_name(slot: str, rng: Random) -> str:
    """A name for a slot: given, family, or both; a given name has a family name at times."""
    if slot == "G" or (slot == "N" and rng.random() < 0.2):
        return _full(rng)
    return _name("last_name" if slot == "F" or rng.random() < 0.04 else "first_name", rng)


def own_sentences(each: int, words: Sequence[str], seed: int) -> Iterator[Labelled]:
    """``each`` texts of every sentence, some of them in small letters, some two in a text."""
    rng = Random(seed)
    fillers = {"P": PLACES, "B": BRANDS, "W": words, **FILLERS}
    for template in (*WITH_NAMES, *PHRASES, *PHRASES, *WITHOUT, *THINGS, *THINGS):
        for _ in range(each if _SLOT.search(template) else 4):
            text, names = "", []
            for part in (template,) if rng.random() < 0.7 else (template, rng.choice(WITHOUT)):
                text += rng.choice((" ", "\n")) if text else ""
                position = 0
                for slot in _SLOT.finditer(part):
                    text += part[position : slot.start()]
                    kind = slot.group(1)
                    if kind in "NFG":
                        value = a_name(kind, rng)
                        names.append((len(text), len(text) + len(value)))
                    else:
                        value = rng.choice(fillers[kind])
                        if not text:
                            value = value[0].upper() + value[1:]
                    text += value
                    position = slot.end()
                text += part[position:]
            if rng.random() < _SMALL and len(text.lower()) == len(text):
                text = text.lower()
            yield text, tuple(names), ()


def presidio_sentences(path: Path, again: int, seed: int) -> Iterator[Labelled]:
    """Sentences that are not judged, and ``again`` times each with other names."""
    rng = Random(seed)
    for row in developed_rows(path):
        text, spans = str(row["text"]), row["spans"]
        persons = sorted((b, e) for k, b, e in spans if k == "PERSON")
        yield text, tuple(persons), ()
        if not persons:
            continue
        for _ in range(again):
            filled, names, position = "", [], 0
            for b, e in persons:
                filled += text[position:b]
                old = text[b:e]
                several = " " in old
                value = (
                    old
                    if old.endswith(".") and not several
                    else a_name("G" if several else "N", rng)
                )
                value = value.lower() if old.islower() else value
                names.append((len(filled), len(filled) + len(value)))
                filled += value
                position = e
            yield filled + text[position:], tuple(names), ()


def read_by_rules(texts: Sequence[str]) -> Iterator[Labelled]:
    """Texts with the names that the rules find."""
    buffer = buffer_of(texts)
    found = find_by_rules(buffer)
    by_row: dict[int, list[tuple[int, int, float]]] = {}
    for row, item in zip(found.rows.tolist(), found.items, strict=True):
        if item.kind.name == "PERSON":
            begin = int(buffer.starts[row])
            start = len(buffer.text(begin, item.start))
            end = start + len(buffer.text(item.start, item.end))
            by_row.setdefault(row, []).append((start, end, item.confidence))
    for row, text in enumerate(texts):
        known = by_row.get(row, [])
        sure = [(start, end) for start, end, confidence in known if confidence >= _SURE]
        doubted = [(start, end) for start, end, confidence in known if confidence < _SURE]
        yield text, (*sure, *_lone(text)), tuple(doubted)


def _lone(text: str) -> Iterator[tuple[int, int]]:
    """Given names that are seldom anything else, unless they look like part of another name."""
    for word in _WORD.finditer(text):
        start, end = word.span()
        if word.group().lower() in lone_names():
            thing = _BEFORE_THING.search(text, max(start - 24, 0), start)
            if not (thing or NO_PERSON_BEHIND.match(text, end)):
                yield start, end
