"""The lists of names: Faker's names of sixty languages, sorted by how clear they are.

A name is ambiguous when English texts hold it as an ordinary word too, or write it with a capital
so often that it names places, families or months at least as often as people.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from faker.config import AVAILABLE_LOCALES

from detectors.privacy.frequent_names import AMBIGUOUS, CLEAR
from training.texts import texts_of

SOURCES: Final = (
    "halueval", "arena_bench", "wiki_talk_cat", "bipia", "coconot", "awesome_prompts", "mt_bench",
    "gptfuzz_responses", "summedits", "wice", "toxic_spans", "stormfront", "diasafety", "clinc150",
    "hh_rlhf_harmless",
)  # fmt: skip
"""The public data sets in whose texts names are counted."""

_NAME: Final = re.compile(r"[A-Za-zÀ-ž]{3,20}")
_WORD: Final = re.compile(r"[^\W\d_]{3,20}")
_OFTEN: Final = 24
_SHARED: Final = 3
_SMALL: Final = 0.1


def given_names(data: Path) -> str:
    """The list's text, a name a line.

    Those that are ambiguous have a question mark behind, others that several languages share a plus.
    """
    names = Counter(_named("first_name"))
    capital, small = _written(data)
    lines = []
    for name, languages in sorted(names.items()):
        if name in CLEAR or name in AMBIGUOUS or (len(name) == 3 and languages < 2):
            continue
        all_of_it = capital[name] + small[name]
        word = small[name] > 2 and small[name] > _SMALL * all_of_it
        ambiguous = word or capital[name] >= _OFTEN
        lines.append(name + ("?" if ambiguous else "+" if languages >= _SHARED else ""))
    return "\n".join(lines) + "\n"


def family_names(data: Path) -> str:
    """The list of family names, a name a line: those that texts do not write in small letters too."""
    names = Counter(_named("last_name"))
    capital, small = _written(data)
    kept = [
        name
        for name, languages in sorted(names.items())
        if len(name) > 3
        and (languages > 1 or capital[name] > 0 or len(name) > 5)
        and small[name] <= _SMALL * max(capital[name] + small[name], 10)
    ]
    return "\n".join(kept) + "\n"


@cache
def _written(data: Path) -> tuple[Counter[str], Counter[str]]:
    """How often the public texts write words with a capital, and in small letters."""
    capital, small = Counter[str](), Counter[str]()
    for source in SOURCES:
        for text in texts_of(data / source):
            for word in _WORD.findall(text):
                (capital if word[0].isupper() else small)[word.lower()] += 1
    return capital, small


def names_of(kind: str) -> list[str]:
    """Names of a kind (``first_name``, ``last_name``) of all languages, as often as languages have them."""
    return sorted(_named(kind))


def _named(kind: str) -> Iterator[str]:
    """Every name of a kind (``first_name``, ``last_name``) of every language, once a language."""
    for language in AVAILABLE_LOCALES:
        try:
            module = importlib.import_module(f"faker.providers.person.{language}")
        except ImportError:
            continue
        found: set[str] = set()
        for attribute, values in vars(module.Provider).items():
            if attribute.startswith(kind) and isinstance(values, tuple | list | dict):
                found |= {v.lower() for v in values if isinstance(v, str) and _NAME.fullmatch(v)}
        yield from found
