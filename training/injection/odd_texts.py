"""What looks odd and is no attack: identifiers, logs, tables, code, formulas, lists, languages."""

import base64
import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

from training.injection import prompts
from training.injection.documents import Document

LINES: Final = 8
"""Of one text, at most."""
TYPOS: Final = 14
"""One slip in so many characters."""
_SLOT: Final = re.compile(r"§(noun|Noun|NOUN|name|slang|hex|caps|key|base64|n)(\d*)")
_ALPHABETS: Final = {
    "hex": "0123456789abcdef",
    "caps": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "key": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
}
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def odd_texts(count: int, rng: random.Random) -> list[Document]:
    """So many documents, the kinds of ``phrases/odd.toml`` taking turns; the origin is the kind."""
    read = prompts.phrases("odd")
    lines, lists = read["lines"], read["lists"]
    kinds = [*lines, "language", "language", "language"]
    found = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        if kind == "language":
            text = rng.choice(lists["languages"])
        else:
            many = rng.randint(1, LINES)
            text = "\n".join(_filled(rng.choice(lines[kind]), lists, rng) for _ in range(many))
        opening = rng.choice(["", "", rng.choice(lists["openings"]) + "\n"])
        found.append(Document(opening + text, False, f"odd {kind}", f"odd-{number}"))
    return found


def mistyped(text: str, rng: random.Random) -> str:
    """The text with letters left out, doubled, swapped or wrong, in small letters."""
    letters = list(text.lower())
    for _ in range(len(letters) // TYPOS):
        at = rng.randrange(1, len(letters))
        match rng.randrange(4):
            case 0:
                letters[at] = ""
            case 1:
                letters[at], letters[at - 1] = letters[at - 1], letters[at]
            case 2:
                letters[at] *= 2
            case _:
                letters[at] = rng.choice(_LETTERS)
    return "".join(letters)


def _filled(line: str, lists: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    def value(slot: re.Match[str]) -> str:
        name, digits = slot[1], slot[2]
        size = int(digits or 4)
        if name in _ALPHABETS:
            return "".join(rng.choices(_ALPHABETS[name], k=size))
        if name == "n":
            return str(rng.randrange(10**size))
        if name == "base64":
            return base64.b64encode(rng.randbytes(rng.randint(16, 90))).decode()
        word = rng.choice(lists[f"{name.lower()}s"])
        return {"Noun": word.title(), "NOUN": word.upper()}.get(name, word) + digits

    return _SLOT.sub(value, line)
