"""The two heads' training corpora, put together of all origins or without some."""

import random
from dataclasses import replace
from pathlib import Path

from training.injection import contexts, prompts
from training.injection.demands import demands
from training.injection.documents import Document
from training.injection.switches import switches
from training.injection.wrappers import wrapped

MIXED = 1_500
STRUNG = 4_000
SWITCHES = 600
WRAPPED = 5_000
DEMANDS = 2_500


def prompt_documents(data: Path) -> list[Document]:
    """Prompts of every origin, attacks and others."""
    return [
        *prompts.wild(data),
        *prompts.deepset(data),
        *prompts.benign(data),
        *prompts.other_text(data),
        *prompts.templated(random.Random(0)),
        *prompts.strung("jailbreaks", STRUNG, random.Random(6)),
        *prompts.strung("roleplay", STRUNG, random.Random(7)),
        *switches(SWITCHES, random.Random(4)),
        *wrapped(WRAPPED, random.Random(8)),
        *demands(DEMANDS, random.Random(11)),
    ]


def prompt_training(documents: list[Document]) -> list[Document]:
    """The documents with short attacks in benign prompts, long benign texts, pieces of attacks."""
    rng = random.Random(1)
    return [
        *documents,
        *prompts.mixed(documents, MIXED, rng),
        *prompts.crops(documents, rng),
    ]


def context_documents(data: Path) -> list[Document]:
    """Contexts of our making, clean ones and their attacked twins in one group."""
    rng = random.Random(2)
    clean = contexts.carriers(data, rng)
    strong, weak = contexts.instructions(rng), contexts.requests(data)
    twins = contexts.with_attacks(clean, strong, weak, rng)
    # Attacks also come without much around them.
    alone = [
        Document(text, True, "templates", f"alone-{n}", weight=0.3)
        for n, text in enumerate(strong[::12])
    ]
    return [*clean, *twins, *alone]


def bipia_without(
    documents: list[Document], fold: int, folds: dict[str, int], count: int
) -> tuple[list[Document], list[Document]]:
    """BIPIA divided so that no context and no attack text is on both sides: training, judging."""
    training, judging = [], []
    numbers = {group: at for at, group in enumerate(sorted({d.group for d in documents}))}
    for document in documents:
        held = numbers[document.group] % count == fold
        known = folds.get(contexts.attack_text(document)) if document.attack else None
        if held and (known is None or known == fold):
            judging.append(document)
        elif not held and known != fold:
            training.append(replace(document, weight=0.5))
    return training, judging
