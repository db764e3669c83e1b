"""Signals of the events of a stretch, as a frame."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pandas as pd
import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import quote_name
from schemas.segments import FIELD_DIMENSIONS, OTHER, Segment, check_dimension
from schemas.signals import Signal
from streams.store.errors import store_errors

SAMPLE_EVENTS = 20_000
_FILE = "signals"


class Sample(NamedTuple):
    """A row an event, a column a signal; and how many events there are in the stretch."""

    frame: pd.DataFrame
    events: int


class EventSource(Protocol):
    """Where reports take events from."""

    def signals(self) -> list[Signal]:
        """The signals that events have."""
        ...

    def sample(self, segment: Segment, begin: datetime, end: datetime) -> Sample:
        """At most :data:`SAMPLE_EVENTS` events in ``[begin, end)``, the same ones every time."""
        ...


class StoredEvents:
    """Events in ClickHouse. Raises ``StoreError`` when it cannot answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def signals(self) -> list[Signal]:
        """The signals with a column."""
        names = ("name", "kind", "unit", "better", "source", "description")
        query = f"SELECT {', '.join(names)} FROM signals WHERE column_name != '' ORDER BY name"  # noqa: S608
        rows = self._ask(query, {})
        return [
            Signal(**dict(zip(names, row, strict=True))) for row in rows.itertuples(index=False)
        ]

    def sample(self, segment: Segment, begin: datetime, end: datetime) -> Sample:
        """Events chosen by a hash of their ids: evenly, and the same ones every time."""
        where = "time >= {begin:DateTime64(6)} AND time < {end:DateTime64(6)}"
        parameters: dict[str, Any] = {"begin": begin, "end": end}
        for number, (name, value) in enumerate(sorted(segment.items())):
            if value == OTHER:
                continue
            check_dimension(name)
            if name in FIELD_DIMENSIONS:
                where += f" AND {quote_name(name)} = {{value_{number}:String}}"
            else:
                where += f" AND labels[{{name_{number}:String}}] = {{value_{number}:String}}"
                parameters[f"name_{number}"] = name.removeprefix("labels.")
            parameters[f"value_{number}"] = value
        signals = [signal for signal in self.signals() if signal.kind != "vector"]
        columns = ", ".join(quote_name(signal.column) for signal in signals) or "1"
        total = self._ask(f"SELECT count() AS n FROM events WHERE {where}", parameters)  # noqa: S608
        frame = self._ask(
            f"SELECT {columns} FROM events WHERE {where} "  # noqa: S608 - quoted names
            f"ORDER BY cityHash64(event_id) LIMIT {SAMPLE_EVENTS}",
            parameters,
        )
        frame = frame.rename(columns={signal.column: signal.name for signal in signals})
        return Sample(_known(frame, signals), int(total["n"].iloc[0]))

    def _ask(self, sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
        with store_errors("reading events for a report", self._client.uri):
            return self._client.query_df(sql, parameters=dict(parameters))


class SimulatedEvents:
    """Events of a folder that ``tidewatch simulate`` wrote.

    Parameters
    ----------
    folder
        Holds ``signals.parquet`` or ``signals.jsonl``.
    signals
        What its columns are.
    """

    def __init__(self, folder: Path, signals: Sequence[Signal]) -> None:
        path = next((p for p in sorted(folder.glob(f"{_FILE}.*"))), None)
        if path is None:
            raise OSError(f"{folder} holds no {_FILE}.parquet: make it with `tidewatch simulate`")
        lines = path.suffix == ".jsonl"
        self._frame = pl.read_ndjson(path) if lines else pl.read_parquet(path)
        if self._frame["time"].dtype == pl.String:
            self._frame = self._frame.with_columns(pl.col("time").str.to_datetime(time_zone="UTC"))
        self._signals = [signal for signal in signals if signal.name in self._frame.columns]

    def signals(self) -> list[Signal]:
        """The signals there are columns of."""
        return self._signals

    def sample(self, segment: Segment, begin: datetime, end: datetime) -> Sample:
        """Events of the file. It knows their service, but no other dimension."""
        found = self._frame.filter(pl.col("time") >= begin, pl.col("time") < end)
        for name, value in segment.items():
            if name != "service_name":
                raise ValueError(f"a simulation's signals know service_name, but not {name}")
            found = found.filter(pl.col(name) == value)
        events = len(found)
        chosen = found.sort(pl.col("event_id").hash(seed=1)).head(SAMPLE_EVENTS)
        frame = chosen.select([s.name for s in self._signals]).to_pandas()
        return Sample(_known(frame, self._signals), events)


def _known(frame: pd.DataFrame, signals: Sequence[Signal]) -> pd.DataFrame:
    """A category that is an event field is empty, not null, where it is unknown."""
    for signal in signals:
        if signal.kind == "category" and signal.name in frame:
            column = frame[signal.name].astype(object)
            frame[signal.name] = column.where(column != "", None)  # type: ignore[call-overload]
    return frame
