"""A batch of events as columns: what every detector reads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.text.column import TextColumn, string_series
from schemas.events import Context, InferenceEvent

TEXT_COLUMNS = ("prompt", "system_prompt", "response", "context", "tool_result", "reference_answer")

SYSTEM_ROLES: Final = frozenset({"system", "developer"})
"""Roles whose turns are the application's words, not the user's."""

_INSTANT = pl.Datetime("us", "UTC")
_AT_ONCE: Final = 128
_DTYPES: Final[dict[type[msgspec.inspect.Type], pl.DataType]] = {
    msgspec.inspect.StrType: pl.String(),
    msgspec.inspect.LiteralType: pl.String(),
    msgspec.inspect.FloatType: pl.Float64(),
    msgspec.inspect.IntType: pl.Int64(),
    msgspec.inspect.BoolType: pl.Boolean(),
    msgspec.inspect.DateTimeType: _INSTANT,
}


def _scalar_dtype(field_type: msgspec.inspect.Type) -> pl.DataType | None:
    """The column type of an event's field; None for fields that hold more than one value."""
    if isinstance(field_type, msgspec.inspect.Metadata):
        return _scalar_dtype(field_type.type)
    if isinstance(field_type, msgspec.inspect.UnionType):
        known = [t for t in field_type.types if not isinstance(t, msgspec.inspect.NoneType)]
        return _scalar_dtype(known[0]) if len(known) == 1 else None
    return _DTYPES.get(type(field_type))


def _scalar_fields() -> dict[str, pl.DataType]:
    """Column types of an event's fields of one value, texts apart, by name and in order."""
    event_type = msgspec.inspect.type_info(InferenceEvent)
    assert isinstance(event_type, msgspec.inspect.StructType)  # noqa: S101 - narrows for mypy
    dtypes = {field.name: _scalar_dtype(field.type) for field in event_type.fields}
    return {n: dtype for n, dtype in dtypes.items() if dtype is not None and n not in TEXT_COLUMNS}


_SCALARS: Final = _scalar_fields()


@dataclass(frozen=True)
class Contexts:
    """Every retrieved context of a batch: event ``i`` has ``offsets[i]`` to ``offsets[i + 1]``.

    ``offsets`` is int64, one more than there are events.
    """

    column: TextColumn
    offsets: NDArray[np.int64]


class EventBatch:
    """Events as a frame with a row an event and a column a field, texts flattened.

    ``frame`` has the event's scalar fields under their names; ``prompt`` holds all turns but the
    system's, ``system_prompt`` the system's turns where the event gives no system prompt,
    ``context`` the contexts' texts and ``tool_result`` the tools' results, each joined by blank
    lines (null where there are none). ``events`` are the events themselves, for what has no column.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from schemas.events import Message
    >>> event = InferenceEvent(event_id="1", time=datetime.now(UTC), service_name="shop",
    ...                        prompt=[Message(role="system", content="Be kind."),
    ...                                Message(role="user", content="Hello")])
    >>> EventBatch([event]).frame.select("service_name", "system_prompt", "prompt").row(0)
    ('shop', 'Be kind.', 'Hello')
    """

    def __init__(self, events: Sequence[InferenceEvent]) -> None:
        self.events = events
        self._texts: dict[str, TextColumn] = {}
        self._scalars: dict[str, pl.Series] = {}

    def __len__(self) -> int:
        return len(self.events)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """One row an event: the scalar fields, then :data:`TEXT_COLUMNS`.

        Names that are not known are empty strings, as in the event; everything else not known is
        null. ``time`` is in UTC, in whole microseconds (exact until the year 2242).

        Whoever needs a few columns asks :meth:`select` for them: texts are put together for this.
        """
        return self.select((*_SCALARS, *TEXT_COLUMNS))

    def select(self, names: Iterable[str]) -> pl.DataFrame:
        """These columns of :attr:`frame`, without making the others."""
        return pl.DataFrame([self._column(name) for name in names])

    def _column(self, name: str) -> pl.Series:
        if name in TEXT_COLUMNS:
            return self.text(name).values.alias(name)
        if name not in self._scalars:
            self._scalars[name] = _series(name, self.field(name), _SCALARS[name])
        return self._scalars[name]

    def field(self, name: str) -> list[Any]:
        """A field of the events as they hold it, one value an event."""
        return self._fields[name]

    @cached_property
    def _fields(self) -> dict[str, list[Any]]:
        # Some events at once: each is fetched from memory once, not once a field, and what is made
        # of them is still near when their fields are taken.
        names = InferenceEvent.__struct_fields__
        columns: list[list[Any]] = [[] for _ in names]
        for start in range(0, len(self.events), _AT_ONCE):
            rows = map(msgspec.structs.astuple, self.events[start : start + _AT_ONCE])
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
        return dict(zip(names, columns, strict=True))

    def text(self, name: str) -> TextColumn:
        """The shared reading of a text column: words, languages and counts are computed once.

        Parameters
        ----------
        name
            One of :data:`TEXT_COLUMNS`.
        """
        if name not in self._texts:
            self._texts[name] = TextColumn(self._flattened(name))
        return self._texts[name]

    def _flattened(self, name: str) -> Sequence[str | None]:
        """A text an event."""
        if name not in _FLATTEN:
            return self.field(name)
        # Most batches have nothing to put together: no turns, no tools.
        if name in ("prompt", "system_prompt") and list not in map(type, self.field("prompt")):
            return self.field(name)
        if name == "tool_result" and not any(self.field("tools")):
            return [None] * len(self)
        return [_FLATTEN[name](event) for event in self.events]

    @cached_property
    def contexts(self) -> Contexts:
        """The shared reading of every single context."""
        contexts = self.field("contexts")
        counts = np.fromiter(map(len, contexts), np.int64, len(contexts))
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Contexts(TextColumn(_texts_of(chain.from_iterable(contexts))), offsets)

    def label_column(self, name: str) -> pl.Series:
        """The label ``name`` of every event, named ``labels.<name>``; null where it has none."""
        values = [labels.get(name) for labels in self.field("labels")]
        return string_series(f"labels.{name}", values)


def context_texts(event: InferenceEvent) -> list[str]:
    """The texts of the event's contexts, in order."""
    return _texts_of(event.contexts)


def _texts_of(contexts: Iterable[str | Context]) -> list[str]:
    return [c.text if isinstance(c, Context) else c for c in contexts]


def prompt_text(event: InferenceEvent) -> str | None:
    """The turns of the prompt that are not the system's, joined by blank lines."""
    prompt = event.prompt
    if prompt is None or isinstance(prompt, str):
        return prompt
    return _joined([turn.content for turn in prompt if turn.role not in SYSTEM_ROLES])


def system_prompt_text(event: InferenceEvent) -> str | None:
    """The system prompt; else the prompt's system turns, joined by blank lines."""
    if event.system_prompt is not None or not isinstance(event.prompt, list):
        return event.system_prompt
    return _joined([turn.content for turn in event.prompt if turn.role in SYSTEM_ROLES])


def _joined(texts: list[str]) -> str | None:
    return "\n\n".join(texts) if texts else None


_FLATTEN: Final[dict[str, Callable[[InferenceEvent], str | None]]] = {
    "prompt": prompt_text,
    "system_prompt": system_prompt_text,
    "context": lambda event: _joined(context_texts(event)) if event.contexts else None,
    "tool_result": lambda event: (
        _joined([tool.result for tool in event.tools if tool.result]) if event.tools else None
    ),
}


def _series(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    if dtype == _INSTANT:
        # Five times as fast as handing polars the datetimes.
        seconds = np.fromiter(map(datetime.timestamp, values), np.float64, len(values))
        microseconds = np.rint(seconds * 1e6).astype(np.int64)
        return pl.Series(name, microseconds).cast(_INSTANT)
    if dtype == pl.String:
        return string_series(name, values)
    # Not strict: a whole number may stand for an amount.
    return pl.Series(name, values, dtype=dtype, strict=False)
