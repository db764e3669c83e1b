"""Ordinary wrappers around requests: what is asked for is harmful or not, whatever surrounds it.

The same stories, professions, games, studies, programs and translations are put around harmful
requests and around harmless ones, so that no wrapper speaks for harm by itself.
"""

import random
from typing import Final

from training.injection.documents import Document
from training.injection.grammar import fill
from training.injection.prompts import phrases

PLAIN: Final = 0.6
"""Share of the requests that come without a wrapper: by these, words of harm are learned at all."""
DEMANDED: Final = 0.5
"""Share of the wrapped requests that are demands put straight."""
WEIGHT: Final = 0.5
LEAD: Final = ("", "", "", "Hi! ", "Hello. ", "Please help. ", "OK, ", "Dear assistant, ")


def wrapped(count: int, rng: random.Random) -> list[Document]:
    """So many pairs of documents: a wrapper around a harmful request, one around a harmless one."""
    read, others = phrases("wrappers"), phrases("demands")
    families, asks, slots = read["wrappers"], read["asks"], read["slots"] | others["slots"]
    names = list(families)
    found = []
    for number in range(count):
        plain = rng.random() < PLAIN
        for kind in ("harmful", "harmless"):
            template = "{request}" if plain else rng.choice(families[names[number % len(names)]])
            here = slots | {"ask": [rng.choice(asks[kind])]}
            if not plain and rng.random() < DEMANDED:
                here["request"] = others["demands"][kind]
            text = fill(template, here, rng).strip()
            found.append(
                Document(
                    rng.choice(LEAD) + text,
                    False,
                    "wrapped",
                    f"wrapped-{kind}-{number}",
                    weight=1.0 if plain else WEIGHT,
                    harmful=kind == "harmful",
                )
            )
    return found
