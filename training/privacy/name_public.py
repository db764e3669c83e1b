"""Public texts with the names that the rules are sure of, many of them exchanged for others."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from detectors.privacy.finder import find_by_rules
from detectors.privacy.given_names import GIVEN_NAMES, family_names, ordinary_words
from detectors.privacy.kinds import Kind
from detectors.text.buffer import buffer_of
from training.privacy.handbook import handbook
from training.privacy.name_texts import NamedText
from training.privacy.name_values import frequent_words, sentence, values
from training.texts import texts_of

SOURCES: Final = (
    "halueval", "arena_bench", "wiki_talk_cat", "bipia", "coconot", "gptfuzz_responses", "summedits",
    "wice", "toxic_spans", "stormfront", "diasafety", "hh_rlhf_harmless", "begin", "faithdial_audit",
    "deepset_injections",
)  # fmt: skip
"""Data sets that examples are drawn from; those that false findings are counted on are not among them."""

_LONGEST: Final = 1_500
_SHORTEST: Final = 20
_SURE: Final = 0.55
_EXCHANGED: Final = 0.6
_SMALL: Final = 0.06
_WORD: Final = re.compile(r"[^\W\d_]+")
_ROWS: Final = 2_000
_PARAGRAPHS: Final = 1_500
_SENTENCES: Final = 400


def public_texts(data: Path, each: int, rng: Random) -> Iterator[NamedText]:
    """Texts of every source, ``each`` at most of one."""
    for source in SOURCES:
        texts = [text for text in texts_of(data / source) if len(text) >= _SHORTEST]
        chosen = rng.sample(texts, min(each, len(texts)))
        cuts = [_cut(text, rng) for text in chosen]
        for at in range(0, len(cuts), _ROWS):
            yield from _labelled(cuts[at : at + _ROWS], rng)


def foreign_texts(rng: Random) -> Iterator[NamedText]:
    """Texts of other languages than English in which nearly all capitals begin other words."""
    for paragraphs in handbook():
        yield from _labelled(rng.sample(paragraphs, min(_PARAGRAPHS, len(paragraphs))), rng)
    for words in frequent_words():
        for _ in range(_SENTENCES):
            both = sentence(words, rng), sentence(words, rng)
            yield NamedText(rng.choice((" ", "\n", " - ")).join(both), ())


def _cut(text: str, rng: Random) -> str:
    if len(text) <= _LONGEST:
        return text
    start = rng.randrange(len(text) - _LONGEST)
    space = text.find(" ", start)
    return text[space + 1 : start + _LONGEST].rpartition(" ")[0]


def _labelled(texts: list[str], rng: Random) -> Iterator[NamedText]:
    buffer = buffer_of(texts)
    findings = find_by_rules(buffer)
    by_row: dict[int, list[tuple[int, int, float]]] = {}
    for row, item in zip(findings.rows.tolist(), findings.items, strict=True):
        if item.kind == Kind.PERSON:
            first = int(buffer.starts[row])
            start = len(buffer.text(first, item.start))
            span = start, start + len(buffer.text(item.start, item.end)), item.confidence
            by_row.setdefault(row, []).append(span)
    for row, text in enumerate(texts):
        yield _respelt(_exchanged(text, by_row.get(row, []), rng), rng)


def _exchanged(text: str, found: list[tuple[int, int, float]], rng: Random) -> NamedText:
    """The text with other names in it."""
    language = rng.randrange(len(values().given))
    sure = [(start, end) for start, end, confidence in found if confidence >= _SURE]
    parts: dict[str, str] = {}
    if rng.random() < _EXCHANGED:
        for start, end in sure:
            words = _WORD.findall(text[start:end])
            for number, word in enumerate(words):
                if len(word) > 1 and word[0].isupper():
                    given = number + 1 < len(words) or len(words) == 1
                    named = values().given_name if given else values().family_name
                    parts.setdefault(word, named(rng, language))
    known = {
        word
        for start, end in sure
        for word in _WORD.findall(text[start:end])
        if len(word) > 3 and word.lower() not in ordinary_words()
    }
    doubtful = [(start, end) for start, end, confidence in found if confidence < _SURE]
    made, names, unknown, at, size = [], [], [], 0, 0
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        inside = any(a <= start < b for a, b in sure)
        again = word in known
        new = parts.get(word, word) if inside or again else word
        made += [text[at:start], new]
        size += start - at
        if inside or again:
            names.append((size, size + len(new)))
        elif _is_doubtful(word) or any(a <= start < b for a, b in doubtful):
            unknown.append((size, size + len(new)))
        size += len(new)
        at = match.end()
    return NamedText("".join([*made, text[at:]]), tuple(names), tuple(unknown))


def _is_doubtful(word: str) -> bool:
    """Whether a word may be a name that the rules did not find."""
    low = word.lower()
    if word[0].islower() or low in ordinary_words():
        return False
    return low in GIVEN_NAMES or low in family_names()


def _respelt(text: NamedText, rng: Random) -> NamedText:
    chance = rng.random()
    if chance < _SMALL and len(text.text.lower()) == len(text.text):
        return NamedText(text.text.lower(), text.names, text.unknown)
    if chance > 1 - _SMALL / 2 and len(text.text.upper()) == len(text.text):
        return NamedText(text.text.upper(), text.names, text.unknown)
    return text
