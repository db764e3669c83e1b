"""Messages to files: inference events, feedback and changes, as JSON lines or Parquet."""

from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, BinaryIO, Union, get_args, get_origin, get_type_hints

import msgspec
import polars as pl
import pyarrow.parquet as pq

from schemas.changes import Change
from schemas.events import InferenceEvent
from schemas.feedback import Feedback
from schemas.topics import CHANGES, FEEDBACK, INFERENCE
from streams.replay.outgoing import Outgoing

STEMS = {INFERENCE.name: "events", FEEDBACK.name: "feedback", CHANGES.name: "changes"}
TYPES: dict[str, type[msgspec.Struct]] = {
    INFERENCE.name: InferenceEvent,
    FEEDBACK.name: Feedback,
    CHANGES.name: Change,
}
ROW_GROUP = 10_000


class JsonLinesTarget:
    """Writes ``events.jsonl``, ``feedback.jsonl`` and ``changes.jsonl`` into a folder.

    Raises ``ValueError`` for bad messages: what is no JSON line cannot be in such a file.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}

    def send(self, message: Outgoing) -> None:
        """Append the message to its file."""
        _refuse_rubbish(message)
        name = message.topic.name
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = (self._folder / f"{STEMS[name]}.jsonl").open("wb")
        file.write(message.value + b"\n")

    def close(self) -> dict[str, int]:
        """Close the files. Nothing is ever lost here."""
        for file in self._files.values():
            file.close()
        return {}


class ParquetTarget:
    """Writes ``events.parquet`` and so on into a folder: a column a field.

    Fields that hold lists or objects are columns of JSON text. Raises ``ValueError`` for bad
    messages.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._schemas = {name: _schema(struct) for name, struct in TYPES.items()}
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TYPES}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def send(self, message: Outgoing) -> None:
        """Add the message to its file."""
        _refuse_rubbish(message)
        name = message.topic.name
        entry = msgspec.json.decode(message.value, type=TYPES[name])
        self._rows[name].append(_flat(entry, self._schemas[name]))
        if len(self._rows[name]) >= ROW_GROUP:
            self._write(name)

    def _write(self, name: str) -> None:
        rows, self._rows[name] = self._rows[name], []
        table = pl.DataFrame(rows, self._schemas[name]).to_arrow()
        if name not in self._writers:
            path = self._folder / f"{STEMS[name]}.parquet"
            self._writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
        self._writers[name].write_table(table)

    def close(self) -> dict[str, int]:
        """Write what is left and close the files."""
        for name, rows in self._rows.items():
            if rows:
                self._write(name)
        for writer in self._writers.values():
            writer.close()
        return {}


def _refuse_rubbish(message: Outgoing) -> None:
    if message.reason is not None:
        raise ValueError("rubbish cannot be written to files: send it to Kafka, or ask for none")


_COLUMN_TYPES = {"str": pl.String(), "int": pl.Int64(), "float": pl.Float64(), "bool": pl.Boolean()}

_Schema = dict[str, pl.DataType]


def _schema(struct: type[msgspec.Struct]) -> _Schema:
    hints = get_type_hints(struct)
    return {name: _column_type(hints[name]) for name in struct.__struct_fields__}


def _column_type(hint: Any) -> pl.DataType:
    if get_origin(hint) is Annotated:
        return _column_type(get_args(hint)[0])
    if get_origin(hint) in {UnionType, Union}:
        options = [option for option in get_args(hint) if option is not type(None)]
        return _column_type(options[0]) if len(options) == 1 else pl.String()
    if hint is datetime:
        return pl.Datetime("us", "UTC")
    return _COLUMN_TYPES.get(getattr(hint, "__name__", ""), pl.String())


def _flat(entry: msgspec.Struct, schema: _Schema) -> dict[str, Any]:
    row = {}
    for name in schema:
        value = getattr(entry, name)
        if isinstance(value, list | dict | msgspec.Struct):
            value = msgspec.json.encode(value).decode()
        row[name] = value
    return row
