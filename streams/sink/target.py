"""A topic and the table its messages go to."""

# pyarrow declares its names in a compiled module that mypy cannot see into.
# mypy: disable-error-code="attr-defined,name-defined"

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl
import pyarrow as pa

from schemas.topics import Topic
from streams.sink.message import Message, RefusedError

FLAG = pa.bool_()
INT32 = pa.int32()
INT64 = pa.int64()
UINT32 = pa.uint32()
COUNT = pa.uint64()
NUMBER = pa.float64()
NUMBERS = pa.list_(NUMBER)
TEXT = pa.string()
TEXTS = pa.list_(TEXT)
TEXT_MAP = pa.map_(TEXT, TEXT)
COUNT_BY_TEXT = pa.map_(TEXT, COUNT)
COUNT_BY_BUCKET = pa.map_(pa.int16(), COUNT)
RANK_BY_REGISTER = pa.map_(pa.uint16(), pa.uint8())
SECOND = pa.timestamp("s", "UTC")
MOMENT = pa.timestamp("ms", "UTC")

Rows: TypeAlias = Any
"""An Arrow table."""

Row = tuple[Any, ...]
Redact = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Target:
    """What the messages of ``topic`` become: rows of ``table``.

    ``columns`` gives the Arrow type of every column, in the order of the values in a row. ``rows``
    takes a message apart and raises :class:`RefusedError` for one that cannot be stored. ``texts``
    names the columns that may hold what people wrote: they are redacted, or left empty.
    """

    topic: Topic
    table: str
    columns: dict[str, pa.DataType]
    rows: Callable[[Message], Sequence[Row]]
    texts: tuple[str, ...] = ()

    def arrow(self, rows: Sequence[Row], redact: Redact | None, *, store_texts: bool) -> Rows:
        """Rows as an Arrow table, column by column.

        Raises
        ------
        RefusedError
            A value does not fit its column.
        """
        arrays = {}
        for values, (name, kind) in zip(zip(*rows, strict=True), self.columns.items(), strict=True):
            try:
                arrays[name] = pa.array(values, kind)
            except (pa.ArrowException, ValueError, OverflowError, TypeError) as error:
                raise RefusedError("invalid", f"{name}: {error}") from None
        for name in self.texts:
            if not store_texts:
                arrays[name] = pa.nulls(len(rows), TEXT).fill_null("")
            elif redact is not None:
                texts = redact(pl.Series(name, arrays[name].to_pylist(), pl.String()))
                arrays[name] = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
        return pa.table(arrays)
