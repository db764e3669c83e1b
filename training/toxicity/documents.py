"""Documents with labels by head, from the public data sets and our own sentences."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.toxicity.kinds import HEADS

OPEN: Final = -1
"""The label of heads that a data set says nothing about."""
OWN: Final = "own sentences"
_LEXICONS: Final = Path(__file__).parent / "lexicons"
_PER_SENTENCE: Final = 24
_LEAST_PER_SENTENCE: Final = 6
_CLEAN: Final = (0,) * len(HEADS)


@dataclass(frozen=True)
class Document:
    """A text, where it is from, its labels (1, 0 or :data:`OPEN`) by head, and a note."""

    source: str
    text: str
    labels: tuple[int, ...]
    note: str = ""


def labels_of(default: int, **known: int) -> tuple[int, ...]:
    """Labels by head: the named ones, and one for all others.

    Examples
    --------
    >>> labels_of(0, toxicity=1, hate=-1)
    (1, -1, 0, 0, 0, 0, 0)
    """
    return tuple(known.get(head, default) for head in HEADS)


def documents_of(data: Path) -> list[Document]:
    """All documents, in a fixed order."""
    found = [*_labelled(data), *_benign(data), *own_sentences()]
    return [document for document in found if document.text.strip()]


def _labelled(data: Path) -> Iterator[Document]:
    hateful = labels_of(OPEN, toxicity=1, hate=1, self_harm=0)
    # They speak of groups, not to somebody.
    distant = labels_of(OPEN, toxicity=1, hate=1, harassment=0, self_harm=0)
    rude = labels_of(OPEN, toxicity=1, harassment=1, self_harm=0)
    toxic = labels_of(OPEN, toxicity=1)
    for row in _rows(data / "surge_toxicity" / "toxicity_en.csv"):
        yield Document(
            "surge_toxicity", row["text"], toxic if row["is_toxic"] == "Toxic" else _CLEAN
        )
    offensive = labels_of(OPEN, toxicity=1, threat=0, self_harm=0)
    classes = {"0": hateful, "1": offensive, "2": _CLEAN}
    for row in _rows(data / "davidson" / "labeled_data.csv"):
        yield Document("davidson", row["tweet"], classes[row["class"]])
    for path in sorted((data / "toxigen" / "demonstrations").glob("*.txt")):
        labels = distant if path.stem.startswith("hate_") else _CLEAN
        group = re.sub(r"^(hate|neutral)_|_sentences$", "", path.stem)
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Document("toxigen", line.strip().lstrip("- "), labels, group)
    threats = labels_of(OPEN, toxicity=1, hate=1, threat=1, self_harm=0)
    for row in _rows(data / "hatemoji_build" / "data.jsonl"):
        positive = threats if row["type"] == "threateninglanguage" else distant
        yield Document("hatemoji_build", row["text"], positive if row["label"] else _CLEAN)
    for row in _rows(data / "stormfront" / "data.jsonl.gz"):
        if row["label"] is not None:
            yield Document("stormfront", row["text"], distant if row["label"] else _CLEAN)
    for row in _rows(data / "edos" / "data.jsonl.gz"):
        if row["label"]:  # its negatives are often toxic otherwise
            yield Document("edos", row["text"], threats if row["category"][0] == "1" else hateful)
    for row in _rows(data / "toxic_spans" / "data.jsonl.gz"):
        if row["label"] is not None:
            yield Document("toxic_spans", row["text"], rude if row["label"] else _CLEAN)
    for row in _rows(data / "wiki_talk_cat" / "data.jsonl.gz"):
        yield Document("wiki_talk_cat", row["text"], rude if row["label"] else _CLEAN)
    for row in _rows(data / "diasafety" / "data.jsonl.gz"):
        if row["category"] == "Offending User":  # the others' replies need their contexts
            yield Document("diasafety", row["text"], rude if row["label"] else _CLEAN)


def _benign(data: Path) -> Iterator[Document]:
    for part in json.loads((data / "clinc150" / "data_full.json").read_text("utf-8")).values():
        for text, _ in part:
            yield Document("clinc150", text, _CLEAN)
    for name in ("mt_bench", "self_instruct_seed"):
        for row in _rows(data / name / "data.jsonl"):
            yield Document(name, row["text"], _CLEAN)
    for row in _rows(data / "halueval" / "general_data.json"):
        yield Document("halueval", row["user_query"], _CLEAN)
        yield Document("halueval", row["chatgpt_response"], _CLEAN)
    for row in _rows(data / "arena_bench" / "questions.jsonl"):
        yield Document("arena_bench", row["text"], _CLEAN)
    for row in _rows(data / "arena_bench" / "answers.jsonl.gz"):
        yield Document("arena_bench", row["answer"], _CLEAN)
    for row in _rows(data / "awesome_prompts" / "data.jsonl.gz"):
        if not row["attack_like"]:
            yield Document("awesome_prompts", row["text"], _CLEAN)
    for row in _rows(data / "gptfuzz_responses" / "data.jsonl.gz"):
        if not row["label"]:  # harmful answers need not be toxic language
            yield Document("gptfuzz_responses", row["text"], _CLEAN)


def own_sentences() -> Iterator[Document]:
    """The sentences of ``lexicons/sentences.txt``, their slots filled in evenly spread ways."""
    slots: dict[str, list[str]] = {}
    for line in _lines("slots.txt"):
        name, fillers = line.split(":", 1)
        slots[name] = [filler.strip() for filler in fillers.split("|")]
    labels = _CLEAN
    for number, line in enumerate(_lines("sentences.txt")):
        if line.startswith("["):
            names = line.strip("[]").split()
            known = {n.lstrip("?"): OPEN if n[0] == "?" else 1 for n in names if n != "benign"}
            labels = labels_of(0, **known)
            continue
        for text in _filled(line, slots, np.random.default_rng(number)):
            yield Document(OWN, text, labels, str(number))


def _filled(line: str, slots: dict[str, list[str]], rng: np.random.Generator) -> Iterator[str]:
    names = re.findall(r"\{(\w+)\}", line)
    ways = list(product(*(slots[name] for name in names)))
    # Lines without slots count as much as a few fillings of others.
    ways *= -(-_LEAST_PER_SENTENCE // len(ways))
    for place in sorted(rng.permutation(len(ways))[:_PER_SENTENCE]):
        fillers = iter(ways[place])
        yield re.sub(r"\{\w+\}", lambda _: next(fillers), line)  # noqa: B023 - used at once


def profane_words(data: Path) -> dict[str, str]:
    """Spellings of plainly profane words (severity of 1.6 or more) and their plain forms."""
    return {
        row["text"].lower(): row["canonical"].lower()
        for row in profanity_rows(data)
        if float(row["severity"]) >= _LEAST_SEVERITY
    }


def profanity_rows(data: Path) -> Iterator[dict[str, Any]]:
    """The rows of the list of swear words: ``text``, ``canonical``, ``severity`` from 1 to 3."""
    return _rows(data / "profanity" / "data.jsonl")


_LEAST_SEVERITY: Final = 1.6


def label_array(documents: list[Document]) -> NDArray[np.int8]:
    """The labels, a row a document, a column a head."""
    return np.array([document.labels for document in documents], np.int8)


def _lines(name: str) -> Iterator[str]:
    for line in (_LEXICONS / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    content = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
    if path.suffix == ".csv":
        yield from csv.DictReader(io.StringIO(content))
    else:
        yield from (json.loads(line) for line in content.split("\n") if line.strip())
