"""Our word lists: what loose labels and the dictionary of disguises rest on."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from detectors.toxicity.kinds import HEADS
from training.toxicity.documents import OPEN, OWN, Document

_FILE: Final = Path(__file__).parent / "lexicons" / "words.txt"

_SELF_HARM: Final = re.compile(
    r"\b(kys|kill(ing)? (my|your)self|(end|ending|take) (my|your) (own )?life|want to die"
    r"|suicidal|commit(ting)? suicide|(cut|cutting|hurt|hurting|harm|harming) (my|your)self"
    r"|hang (my|your)self|slit (my|your) wrists?|don'?t want to live)\b",
    re.IGNORECASE,
)
_THREAT: Final = re.compile(
    r"\b(i('ll| will| am going to|'m going to|'m gonna|'ma)|gonna|should( all)? be|we (should|must)"
    r"|somebody should|someone should) (\w+ )?(kill(ed)?|murder(ed)?|shoot|shot|stab(bed)?|rape[d]?"
    r"|hang(ed)?|beat|burn(ed|t)?|lynch(ed)?|strangle[d]?|execute[d]?|behead(ed)?|gas(sed)?)\b",
    re.IGNORECASE,
)


@cache
def words_by_list() -> dict[str, tuple[str, ...]]:
    """The lists of ``lexicons/words.txt`` by name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(name, []).extend(line.split())
    return {name: tuple(words) for name, words in found.items()}


def with_loose_labels(documents: list[Document]) -> list[Document]:
    """Documents with labels for the scarce kinds, by words and phrases, where left open or clean.

    Profanity is a matter of words and so decided by them; sexual content by two words of its list
    or one next to profanity; self-harm and threats by phrases. Documents of toxic sources that hold
    only some of these words stay open. Toxic texts without any word for people's origin, religion,
    gender or disability are not hateful.
    """
    lists = {name: _any_of(words) for name, words in words_by_list().items()}
    return [_labelled(document, lists) for document in documents]


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def _labelled(document: Document, lists: dict[str, re.Pattern[str]]) -> Document:
    if document.source == OWN:
        known = (
            {} if document.labels[HEADS.index("profanity")] == 1 else _profanity(document, lists)
        )
    else:
        text = document.text
        toxic = document.labels[0] == 1
        known = _profanity(document, lists)
        explicit = len({match.lower() for match in lists["sexual"].findall(text)})
        known["sexual"] = 1 if toxic and explicit > 1 else (OPEN if explicit else 0)
        self_harm = _SELF_HARM.search(text)
        known["self_harm"] = (1 if toxic else OPEN) if self_harm else 0
        if toxic and document.labels[HEADS.index("hate")] == OPEN:
            # Insults that name no group are hardly hate.
            known["hate"] = OPEN if lists["identity"].search(text) else 0
        if document.labels[HEADS.index("threat")] != 1:
            threat = _THREAT.search(text) is not None
            vague = lists["threat"].search(text) is not None
            known["threat"] = (1 if threat else OPEN if vague else 0) if toxic else 0
    labels = tuple(known.get(head, old) for head, old in zip(HEADS, document.labels, strict=True))
    return Document(document.source, document.text, labels, document.note)


def _profanity(document: Document, lists: dict[str, re.Pattern[str]]) -> dict[str, int]:
    return {"profanity": int(lists["profanity"].search(document.text) is not None)}


def disguisable(spellings: dict[str, str]) -> dict[str, str]:
    """Every spelling that a disguise may be compared with, and the plain word it stands for.

    Parameters
    ----------
    spellings
        Further spellings and their plain words; only those of words in our lists are taken.
    """
    plain = {
        word
        for name, words in words_by_list().items()
        if name != "identity"
        for word in words
        if len(word) > 3 or name == "profanity"
    }
    found = {word: word for word in sorted(plain)}
    for spelling, word in sorted(spellings.items()):
        if word in plain and " " not in spelling:
            found.setdefault(spelling, word)
    for word in sorted(plain):
        found |= {masked: word for masked in _masked(word) if masked not in found}
    return found


def _masked(word: str) -> list[str]:
    """The word with one stretch of inner letters as asterisks, at least two letters left."""
    length = len(word)
    if length < 4:
        return []
    return [
        word[:first] + "*" * (last - first) + word[last:]
        for first in range(1, length - 1)
        for last in range(first + 1, length)
    ]
