"""Documents for ``context.injection``: what is retrieved or returned, with and without attacks."""

import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from training.injection.documents import Document, rows
from training.injection.grammar import sentences
from training.injection.prompts import phrases

LONGEST = 6_000


def bipia(data: Path) -> list[Document]:
    """BIPIA's contexts, clean and attacked; the group is the context, ``origin`` names the kind.

    The attack's text is what an attacked context has and its clean twin has not.
    """
    found = rows(data / "bipia/data.jsonl.gz")
    clean = {row["context_id"]: row["text"] for row in found if row["label"] == 0}
    made = []
    for row in found:
        text, twin = row["text"], clean[row["context_id"]]
        start = _shared(text, twin)
        end = len(text) - _shared(text[start:][::-1], twin[start:][::-1])
        made.append(
            Document(
                text,
                row["label"] == 1,
                f"bipia_{row['task']}",
                str(row["context_id"]),
                (start, end) if row["label"] == 1 else None,
            )
        )
    return made


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def attack_text(document: Document) -> str:
    """The attack alone, of a document whose span is known."""
    start, end = document.span or (0, len(document.text))
    return document.text[start:end].strip()


def carriers(data: Path, rng: random.Random) -> list[Document]:
    """Texts without instructions, as retrieval and tools give them, each origin under its name."""
    read: dict[str, list[Any]] = {
        "wice": rows(next((data / "wice").glob("*.jsonl*"))),
        "summedits": rows(data / "summedits/docs.jsonl"),
        "faithdial": rows(next((data / "faithdial_audit").glob("*.jsonl*"))),
        "answers": rows(data / "arena_bench/answers.jsonl.gz")[::16],
        "posts": rows(data / "wiki_talk_cat/data.jsonl.gz")[::40],
    }
    texts = {
        origin: list(dict.fromkeys(_longest_value(row)[:LONGEST] for row in found))
        for origin, found in read.items()
    }
    documents = phrases("documents")
    texts["templates"] = sentences(documents["templates"], documents["slots"], 900, rng)
    return [
        Document(text, False, origin, f"{origin}-{number}")
        for origin, found in texts.items()
        for number, text in enumerate(rng.sample(found, min(900, len(found))))
        if text.strip()
    ]


def _longest_value(row: dict[str, Any]) -> str:
    """The document of a row: its longest text."""
    return max((value for value in row.values() if isinstance(value, str)), key=len, default="")


def instructions(rng: random.Random) -> list[str]:
    """Instructions to assistants, of our own templates."""
    injected, attacks = phrases("injected"), phrases("attacks")
    found = sentences(injected["templates"], injected["slots"], 2600, rng)
    found += sentences(attacks["short"], attacks["slots"], 500, rng)
    for language in phrases("attacks_multilingual").values():
        found += sentences(language["templates"], language["slots"], 40, rng)
    return found


def requests(data: Path) -> list[str]:
    """Requests of users, which are out of place in a document."""
    found = [r["text"] for r in rows(data / "self_instruct_seed/data.jsonl")]
    found += [turn for r in rows(data / "mt_bench/data.jsonl") for turn in r["turns"]]
    found += [r["text"] for r in rows(data / "arena_bench/questions.jsonl")]
    found += [r["text"] for r in rows(data / "coconot/prompts.jsonl") if r["label"] == 0][::3]
    return [text for text in found if len(text) < 240]


def injected(
    carrier: Document, attack: str, rng: random.Random, *, weight: float = 1.0
) -> Document:
    """The carrier with an attack before, behind or between its lines or sentences."""
    text = carrier.text
    places = [0, len(text)]
    places += [at + 1 for at, sign in enumerate(text[:-1]) if sign == "\n"]
    places += [at + 2 for at in range(len(text) - 2) if text[at : at + 2] == ". "]
    kind = rng.random()
    at = 0 if kind < 0.25 else len(text) if kind < 0.5 else rng.choice(places)
    inline = at not in (0, len(text)) and text[at - 1] != "\n"
    left, right = (" ", " ") if inline else ("\n", "\n")
    if at == 0:
        left = ""
    attacked = text[:at] + left + attack + right + text[at:]
    start = at + len(left)
    return Document(
        attacked, True, carrier.origin, carrier.group, (start, start + len(attack)), weight
    )


def with_attacks(
    clean: list[Document], strong: list[str], weak: list[str], rng: random.Random
) -> list[Document]:
    """One attacked twin for every clean document; two thirds with an instruction to assistants."""
    return [
        injected(document, rng.choice(strong if rng.random() < 0.67 else weak), rng)
        for document in clean
    ]


def folds_of_attacks(documents: list[Document], count: int) -> dict[str, int]:
    """A fold for every attack text, kinds of like wording (the first two words) together."""
    alike: dict[str, list[str]] = defaultdict(list)
    for text in sorted({attack_text(d) for d in documents if d.attack}):
        alike[" ".join(text.lower().split()[:2])].append(text)
    folds: dict[str, int] = {}
    sizes = [0] * count
    for texts in sorted(alike.values(), key=len, reverse=True):
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(texts)
        folds |= dict.fromkeys(texts, smallest)
    return folds
