"""Public data sets read as questions with answers, each from its own folder and format."""

import csv
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from schemas.events import UseCaseKind

PASSAGE_CHARACTERS = 700
CONTEXT_CHARACTERS = 5000


class Item(NamedTuple):
    """A question with its contexts and an answer; ``supported`` is its label, where it has one."""

    prompt: str
    response: str
    contexts: tuple[str, ...] = ()
    supported: bool | None = None
    model: str = ""


class DataSet(NamedTuple):
    """A data set as an application's traffic: its share of events, its use case, its reader."""

    name: str
    service_name: str
    use_case: str
    kind: UseCaseKind
    share: float
    read: Callable[[Path], Iterator[Item]]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            yield decode(line)


def _halueval_general(folder: Path) -> Iterator[Item]:
    for row in _lines(folder / "general_data.json"):
        yield Item(row["user_query"], row["chatgpt_response"])


def _halueval_qa(folder: Path) -> Iterator[Item]:
    for name in ("qa_one-turn_data.json", "qa_multi-turn_data.json"):
        for row in _lines(folder / name):
            contexts = (row["knowledge"],)
            yield Item(row["question"], row["right_answer"], contexts, True)
            yield Item(row["question"], row["hallucinated_answer"], contexts, False)


def _clinc150(folder: Path) -> Iterator[Item]:
    data = msgspec.json.decode((folder / "data_full.json").read_bytes())
    for part in ("test", "oos_test"):
        for query, intent in data[part]:
            yield Item(query, msgspec.json.encode({"intent": intent}).decode())


def _arena_bench(folder: Path) -> Iterator[Item]:
    questions = {row["id"]: row["text"] for row in _lines(folder / "questions.jsonl")}
    for row in _lines(folder / "answers.jsonl.gz"):
        if row["id"] in questions:
            yield Item(questions[row["id"]], row["answer"], model=row["model"])


def _begin(folder: Path) -> Iterator[Item]:
    with (folder / "begin_dev_wow.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            supported = row["begin_label"].strip() == "Fully attributable"
            yield Item(row["message"], row["response"], (row["knowledge"],), supported)


def _dialogues(folder: Path) -> Iterator[Item]:
    for row in _lines(folder / "data.jsonl"):
        supported = None if row["label"] is None else row["label"] == 0
        yield Item(row["question"], row["answer"], (row["source"],), supported)


def _summedits(folder: Path) -> Iterator[Item]:
    documents = {row["doc_id"]: row["source"] for row in _lines(folder / "docs.jsonl")}
    for row in _lines(folder / "data.jsonl.gz"):
        contexts = _passages(documents[row["doc_id"]].split("\n"))
        yield Item("Summarise this document.", row["answer"], contexts, row["label"] == 0)


def _wice(folder: Path) -> Iterator[Item]:
    for row in _lines(folder / "data.jsonl.gz"):
        lines = row["source"].split("\n")
        # Cited pages can be very long: the lines that count come first, then the page's start.
        wanted = sorted({at for lines_set in row["supporting"] for at in lines_set})
        kept = [lines[at] for at in wanted if at < len(lines)]
        kept += [line for at, line in enumerate(lines) if at not in wanted]
        question = "What does the cited page say about this?"
        yield Item(question, row["answer"], _passages(kept), row["label"] == 0)


def _passages(lines: list[str]) -> tuple[str, ...]:
    """Lines joined to passages, up to a total length."""
    passages: list[str] = []
    current = ""
    total = 0
    for line in lines:
        if total > CONTEXT_CHARACTERS:
            break
        total += len(line)
        if current and len(current) + len(line) > PASSAGE_CHARACTERS:
            passages.append(current)
            current = ""
        current = f"{current}\n{line}" if current else line
    return (*passages, current) if current.strip() else tuple(passages)


DATA_SETS = (
    DataSet("halueval", "open-assistant", "general", "general", 0.3, _halueval_general),
    DataSet("halueval", "knowledge-qa", "answer", "rag", 0.15, _halueval_qa),
    DataSet("clinc150", "voice-router", "route", "router", 0.15, _clinc150),
    DataSet("arena_bench", "model-arena", "chat", "general", 0.2, _arena_bench),
    DataSet("begin", "dialogue", "reply", "rag", 0.04, _begin),
    DataSet("faithdial_audit", "dialogue", "reply", "rag", 0.04, _dialogues),
    DataSet("q2_wow", "dialogue", "reply", "rag", 0.02, _dialogues),
    DataSet("summedits", "summarizer", "summarize", "extraction", 0.06, _summedits),
    DataSet("wice", "citation-check", "cite", "rag", 0.04, _wice),
)
"""Folder of each set and the application its items are traffic of."""
