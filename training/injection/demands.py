"""Harmful demands and harmless ones in the same words, put straight."""

import random

from training.injection.documents import Document
from training.injection.grammar import sentences
from training.injection.prompts import phrases


def demands(count: int, rng: random.Random) -> list[Document]:
    """So many demands of either sort, at most: templates take turns, and no demand comes twice.

    Drugs, weapons, frauds and groups of people come in both: none of them speaks for harm by itself.
    """
    read = phrases("demands")
    found = []
    for kind in ("harmful", "harmless"):
        for number, text in enumerate(sentences(read["demands"][kind], read["slots"], count, rng)):
            said = (
                text[:1].upper() + text[1:] if rng.random() < 0.6 else text[:1].lower() + text[1:]
            )
            found.append(
                Document(
                    said.removesuffix(".") if rng.random() < 0.3 else said,
                    False,
                    "demands",
                    f"demand-{kind}-{number}",
                    harmful=kind == "harmful",
                )
            )
    return found
