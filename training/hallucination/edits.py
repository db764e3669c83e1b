"""Edits of supported sentences: some keep what they say, some make it say something else.

After Kryściński et al. (2020), Evaluating the Factual Consistency of Abstractive Text
Summarization: rule-based swaps of names, numbers and words, negation, and noise that keeps meaning.
"""

import random
from collections.abc import Callable
from functools import cache
from typing import Final

from training.hallucination.sentence_words import (
    Document,
    Words,
    bare,
    content,
    names,
    numbers,
    replaced,
)
from training.hallucination.word_classes import OPPOSITES, STOP
from training.hallucination.wordnet import WordNet, read_wordnet

Edit = Callable[[Words, random.Random, Document], Words | None]

_PREPOSITIONS: Final = frozenset(
    ("in", "on", "at", "for", "with", "to", "by", "from", "and", "because", "of")
)
_VERBS: Final = frozenset(
    (
        "is",
        "are",
        "was",
        "were",
        "can",
        "could",
        "will",
        "would",
        "has",
        "have",
        "had",
        "may",
        "should",
    )
)
_OPENINGS: Final = ("According to the text,", "The document says that", "Yes,", "Also,")
_OPINIONS: Final = (
    "I love it , it is my favorite .",
    "I think it is really great , my family likes it a lot .",
    "I have never been there but I would like to go one day .",
    "My friend told me it is the best one in the world .",
)
_ADDED: Final = ("only", "all", "always", "initially", "exclusively")


@cache
def _wordnet() -> tuple[WordNet, dict[str, list[str]], dict[str, list[str]]]:
    """WordNet, the words of every synset, and opposites."""
    wordnet = read_wordnet()
    members: dict[str, list[str]] = {}
    for (word, _), senses in wordnet.senses.items():
        for sense in senses[:2]:
            members.setdefault(sense, []).append(word)
    opposites = {word: sorted(others) for word, others in wordnet.antonyms.items()}
    for pair in OPPOSITES:
        one, two = pair.split("/")
        opposites.setdefault(one, []).insert(0, two)
        opposites.setdefault(two, []).insert(0, one)
    return wordnet, members, opposites


def _inflected(base: str, word: str, other: str) -> str | None:
    """Another base form in the form of a word, where that is a plain ending."""
    ending = word.removeprefix(base)
    if ending == word or ending not in {"", "s", "d", "ed", "ing"} or "_" in other:
        return None
    if ending in {"ed", "ing"} and other.endswith("e"):
        other = other[:-1]
    return other + ("ed" if ending == "d" and not other.endswith("e") else ending)


def synonym(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Put a synonym for a word."""
    wordnet, members, _ = _wordnet()
    for at in rng.sample(places := content(words), len(places)):
        word = bare(words[at])
        base = wordnet.base_form(word)
        senses = [
            wordnet.senses[base, part][0]
            for part in ("noun", "verb", "adj", "adv")
            if (base, part) in wordnet.senses
        ]
        others = [other for sense in senses for other in members[sense] if other != base]
        if others and (form := _inflected(base, word, rng.choice(others))):
            return replaced(words, at, form)
    return None


def shortened(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Leave out what is between two commas, or what follows the last."""
    commas = [at for at, word in enumerate(words) if word.endswith(",")]
    if len(commas) >= 2:
        first = rng.randrange(len(commas) - 1)
        return words[: commas[first]] + words[commas[first + 1] + 1 :]
    if commas and commas[0] >= 5:
        return [*words[: commas[0]], bare(words[commas[0]]) + "."]
    return None


def reordered(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Begin with the sentence's last prepositional phrase."""
    begins = [at for at, word in enumerate(words) if at > 3 and word in {"in", "on", "at", "for"}]
    if not begins or len(words) - begins[-1] > 7:
        return None
    tail, head = words[begins[-1] :], words[: begins[-1]]
    first = head[0].lower() if head[0].lower() in STOP else head[0]
    return [
        tail[0].capitalize(),
        *tail[1:-1],
        bare(tail[-1]) + ",",
        first,
        *head[1:-1],
        head[-1] + ".",
    ]


def opened(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Say first where it is from."""
    return rng.choice(_OPENINGS).split() + words


def number_changed(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Another number: of the source, or with another digit."""
    places = numbers(words)
    if not places:
        return None
    at = rng.choice(places)
    number = bare(words[at])
    others = [other for other in document.bare_words("numbers", own=True) if other != number]
    if others and rng.random() < 0.5:
        return replaced(words, at, rng.choice(others))
    digit = rng.choice([place for place, sign in enumerate(number) if sign.isdigit()])
    other = rng.choice([sign for sign in "123456789" if sign != number[digit]])
    return replaced(words, at, number[:digit] + other + number[digit + 1 :])


def name_changed(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Another name, mostly of the same source."""
    here = {bare(word) for word in words}
    own = rng.random() < 0.6
    others = [
        name
        for which in (own, not own)
        for name in sorted(set(document.bare_words("names", own=which)))
        if name not in here
    ][:8]
    places = names(words)
    return replaced(words, rng.choice(places), rng.choice(others)) if places and others else None


def names_swapped(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Two names in each other's place."""
    places = names(words)
    apart = [
        (one, two)
        for one in places
        for two in places
        if two - one > 1 and bare(words[one]) != bare(words[two])
    ]
    if not apart:
        return None
    one, two = rng.choice(apart)
    return replaced(replaced(words, one, bare(words[two])), two, bare(words[one]))


def negated(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Say the contrary: take a negation away, or put one."""
    for at, word in enumerate(words):
        if word.lower() in {"not", "never", "no"}:
            return words[:at] + words[at + 1 :]
    verbs = [at for at, word in enumerate(words[:-1]) if word.lower() in _VERBS]
    at = rng.choice(verbs) if verbs else -1
    return [*words[: at + 1], "not", *words[at + 1 :]] if verbs else None


def opposed(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Put a word of opposite meaning."""
    wordnet, _, opposites = _wordnet()
    for at in rng.sample(range(len(words)), len(words)):
        word = bare(words[at]).lower()
        if word in opposites:
            return replaced(words, at, rng.choice(opposites[word]))
        base = wordnet.base_form(word)
        if base in opposites and (form := _inflected(base, word, rng.choice(opposites[base]))):
            return replaced(words, at, form)
    return None


def word_changed(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Another word, from the source or elsewhere, best with the same ending."""
    places = [at for at in content(words) if not bare(words[at])[0].isupper()]
    if not places:
        return None
    at = rng.choice(places)
    word = bare(words[at]).lower()
    others = [
        other
        for other in document.bare_words("content", own=rng.random() < 0.5)
        if other.lower() != word
    ]
    alike = [other for other in others if other[-2:] == word[-2:]]
    return replaced(words, at, rng.choice(alike or others)) if others else None


def qualified(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Add a word that narrows, widens or details."""
    others = document.bare_words("content", own=rng.random() < 0.4)
    places = content(words)
    if not places or not others:
        return None
    at = rng.choice(places)
    added = rng.choice(_ADDED) if rng.random() < 0.4 else rng.choice(others)
    return [*words[:at], added, *words[at:]]


def crossed(words: Words, rng: random.Random, document: Document) -> Words | None:
    """End as another sentence of the source does."""
    other = rng.choice(document.sentences)
    cuts = [at for at, w in enumerate(words) if 3 < at < len(words) - 2 and w in _PREPOSITIONS]
    joins = [at for at, w in enumerate(other) if 2 < at < len(other) - 1 and w in _PREPOSITIONS]
    if not cuts or not joins or other == words:
        return None
    return words[: rng.choice(cuts)] + other[rng.choice(joins) :]


def extended(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Go on with something from another source."""
    more = rng.choice(document.strange)[1 : rng.randrange(5, 10)]
    joint = rng.choice(("and", "which", "because", "so", "in order to")).split()
    return [*words[:-1], bare(words[-1]) + ",", *joint, *more]


def strange(words: Words, rng: random.Random, document: Document) -> Words | None:
    """Say something else altogether, or an opinion."""
    return rng.choice(_OPINIONS).split() if rng.random() < 0.5 else rng.choice(document.strange)


KEEPING: Final[tuple[Edit, ...]] = (synonym, synonym, shortened, reordered, opened)
FINE: Final[tuple[Edit, ...]] = (
    number_changed, name_changed, name_changed, names_swapped, negated, opposed, opposed,
    word_changed, word_changed, qualified, crossed,
)  # fmt: skip
COARSE: Final[tuple[Edit, ...]] = (extended, strange, strange)
