"""Answers with their sources and labels, from the public data sets."""

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True)
class Example:
    """An answer, its source and whether it says something the source does not."""

    source: str
    question: str
    answer: str
    label: int


NAMES: Final = ("begin", "wice", "summedits", "faithdial_audit", "q2_wow", "halueval_qa")


def read_corpora(data: Path) -> dict[str, list[Example]]:
    """The labelled examples of every data set, by :data:`NAMES`."""
    documents = {row["doc_id"]: row["source"] for row in rows_of(data / "summedits/docs.jsonl")}
    summedits = [
        {**row, "source": documents[row["doc_id"]]}
        for row in rows_of(data / "summedits/data.jsonl.gz")
    ]
    labelled = {
        "wice": rows_of(data / "wice/data.jsonl.gz"),
        "summedits": summedits,
        "faithdial_audit": rows_of(data / "faithdial_audit/data.jsonl"),
        "q2_wow": rows_of(data / "q2_wow/data.jsonl"),
    }
    corpora = {
        name: [
            Example(row["source"], row.get("question", ""), row["answer"], row["label"])
            for row in rows
            if row["label"] is not None
        ]
        for name, rows in labelled.items()
    }
    corpora["begin"] = list(_begin(data / "begin/begin_dev_wow.tsv"))
    corpora["halueval_qa"] = list(_halueval(data / "halueval"))
    return {name: corpora[name] for name in NAMES}


def lexicon_texts(data: Path) -> Iterator[str]:
    """Texts that word frequencies are counted in; none of them is in :func:`read_corpora`."""
    for row in rows_of(data / "arena_bench/answers.jsonl.gz"):
        yield from re.split(r"\n+", row["answer"])
    for row in rows_of(data / "wiki_talk_cat/data.jsonl.gz"):
        yield row["text"]
    for row in rows_of(data / "halueval/general_data.json"):
        yield row["chatgpt_response"]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, compressed or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _begin(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            label = int(row["begin_label"] != "Fully attributable")
            yield Example(row["knowledge"], row["message"], row["response"], label)


def _halueval(folder: Path) -> Iterator[Example]:
    for name in ("qa_one-turn_data.json", "qa_multi-turn_data.json"):
        for row in rows_of(folder / name):
            yield Example(row["knowledge"], row["question"], row["right_answer"], 0)
            yield Example(row["knowledge"], row["question"], row["hallucinated_answer"], 1)
