"""Overrides that change the subject, and harmless prompts that forget or begin anew."""

import random
from typing import Final

from training.injection.documents import Document
from training.injection.grammar import sentences
from training.injection.prompts import phrases

OTHERS: Final = 5
"""Other languages have one in so many of the sentences that English has."""


def switches(count: int, rng: random.Random) -> list[Document]:
    """So many English overrides and as many harmless prompts; fewer in other languages."""
    found = []
    for language, read in phrases("switches").items():
        many = count if language == "en" else count // OTHERS
        for kind, attack in (("attacks", True), ("benign", False)):
            made = sentences(read[kind], read["slots"], many, rng)
            found += [
                Document(
                    text.lower() if rng.random() < 0.1 else text,
                    attack,
                    f"switch {language}",
                    f"switch-{language}-{kind}-{number}",
                )
                for number, text in enumerate(made)
            ]
    return found
