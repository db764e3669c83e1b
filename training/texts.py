"""The texts of the public data sets, whatever their format."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parents[2] / "shared" / "data"
"""Where the data sets are unless told otherwise."""

MODELS: Final = Path(__file__).parents[2] / "shared" / "models"


def texts_of(folder: Path) -> Iterator[str]:
    """Every string in the data files below a folder, in the files' order."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.name.lower().startswith(("readme", "licen", "notice")):
            continue
        name = path.name.removesuffix(".gz")
        content = _read(path)
        if name.endswith((".jsonl", ".json")):
            for document in _documents(content):
                yield from _strings(document)
        elif name.endswith(".txt"):
            yield from content.splitlines()
        elif name.endswith((".csv", ".tsv")):
            tab = name.endswith(".tsv")
            rows = csv.reader(
                content.splitlines(keepends=True),
                delimiter="\t" if tab else ",",
                quoting=csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL,
            )
            for row in rows:
                yield from row


def _read(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")


def _documents(content: str) -> Iterator[Any]:
    try:
        yield json.loads(content)
    except json.JSONDecodeError:
        for line in content.split("\n"):
            if line.strip():
                yield json.loads(line)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
