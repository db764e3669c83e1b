"""What the lexicon takes from WordNet: base forms, senses, and words of opposite meaning.

Princeton WordNet 3.0, https://wordnet.princeton.edu, as Debian's package ``wordnet-base`` installs
it. Fellbaum (1998): WordNet: An Electronic Lexical Database. MIT Press.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

WORDNET: Final = Path("/usr/share/wordnet")
PARTS: Final = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}

_ENDINGS: Final = {
    "noun": (
        ("ches", "ch"), ("shes", "sh"), ("ses", "s"), ("xes", "x"), ("zes", "z"),
        ("men", "man"), ("ies", "y"), ("s", ""),
    ),
    "verb": (
        ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""),
        ("ing", "e"), ("ing", ""), ("s", ""),
    ),
    "adj": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "adv": (),
}  # fmt: skip
_MOST_SENSES: Final = {"noun": 2, "verb": 3, "adj": 3, "adv": 2}


@dataclass(frozen=True)
class WordNet:
    """Single words of WordNet.

    Attributes
    ----------
    senses
        Word and part of speech to synsets, the most frequent first.
    antonyms
        Base form to base forms of opposite meaning.
    exceptions
        Part of speech to irregular forms and their base form.
    """

    senses: dict[tuple[str, str], list[str]]
    antonyms: dict[str, set[str]]
    exceptions: dict[str, dict[str, str]]

    def base_form(self, word: str) -> str:
        """The base form: of verbs and nouns alike, the one WordNet's own rules find first."""
        for part in ("verb", "noun", "adj"):
            irregular = self.exceptions[part].get(word)
            if irregular is not None and (irregular, part) in self.senses:
                return irregular
        if any((word, part) in self.senses for part in ("noun", "adj", "adv")) and not (
            word.endswith(("s", "ing", "ed"))
        ):
            return word
        found = [
            base
            for part, endings in _ENDINGS.items()
            for ending, instead in endings
            if word.endswith(ending)
            and len(base := word[: len(word) - len(ending)] + instead) > 2
            and (base, part) in self.senses
        ]
        return found[0] if found else word

    def synsets(self, base: str) -> list[str]:
        """The frequent senses of a base form, as names of synsets."""
        return [
            sense
            for part, most in _MOST_SENSES.items()
            for sense in self.senses.get((base, part), [])[:most]
        ]


@cache
def read_wordnet(folder: Path = WORDNET) -> WordNet:
    """Read the database.

    Raises
    ------
    FileNotFoundError
        When it is not installed.
    """
    if not (folder / "data.noun").exists():
        raise FileNotFoundError(f"no WordNet in {folder}: apt-get install wordnet-base")
    senses: dict[tuple[str, str], list[str]] = {}
    antonyms: dict[str, set[str]] = defaultdict(set)
    exceptions = {}
    for part, letter in PARTS.items():
        for line in _lines(folder / f"index.{part}"):
            fields = line.split()
            word, pointers = fields[0], int(fields[3])
            if "_" not in word:
                senses[word, part] = [f"{letter}{offset}" for offset in fields[6 + pointers :]]
        words_of, opposites = _opposites(folder / f"data.{part}")
        for (synset, place), others in opposites.items():
            for other, other_place in others:
                one, two = words_of[synset][place - 1], words_of[other][other_place - 1]
                antonyms[one].add(two)
                antonyms[two].add(one)
        exceptions[part] = dict(
            line.split()[:2] for line in (folder / f"{part}.exc").read_text().splitlines()
        )
    return WordNet(senses, dict(antonyms), exceptions)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith("  ")]


def _opposites(
    path: Path,
) -> tuple[dict[str, list[str]], dict[tuple[str, int], list[tuple[str, int]]]]:
    """Words of every synset, and the antonym pointers between words."""
    words_of: dict[str, list[str]] = {}
    opposites: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for line in _lines(path):
        fields = line.split("|")[0].split()
        synset, count = fields[0], int(fields[3], 16)
        words_of[synset] = [word.split("(")[0].lower() for word in fields[4 : 4 + 2 * count : 2]]
        at = 4 + 2 * count
        for pointer in range(int(fields[at])):
            symbol, other, _, places = fields[at + 1 + 4 * pointer : at + 5 + 4 * pointer]
            if symbol == "!":
                opposites[synset, int(places[:2], 16)].append((other, int(places[2:], 16)))
    return words_of, dict(opposites)
