"""What ClickHouse knows of the events that feedback is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from clickhouse_connect.driver.client import Client
from msgspec import Struct

from schemas.clickhouse.migrations import quote_name
from schemas.segments import FIELD_DIMENSIONS
from streams.store.errors import store_errors

_LABEL = "labels."
_AT_ONCE = 200
"""Ids in one query: they go into its address, which may not be long."""

_SQL = """
SELECT event_id, {columns} FROM raw_events
WHERE event_id IN {{ids:Array(String)}}
    AND time >= {{begin:DateTime64(3, 'UTC')}} AND time <= {{end:DateTime64(3, 'UTC')}}
LIMIT 1 BY event_id
"""


class FoundEvent(Struct, frozen=True):
    """An event's dimensions, a label as ``labels.<name>``, and its prompt's topic, if any."""

    dimensions: dict[str, str]
    topic: str


class Events:
    """Finds events by their ids.

    Parameters
    ----------
    client
        Connected to the database; used by one thread.
    labels
        Labels to read beside the dimensions, as ``labels.<name>``.
    topics
        Whether events have a topic.
    """

    def __init__(self, client: Client, labels: Sequence[str], *, topics: bool) -> None:
        self._client = client
        self._names = (*sorted(FIELD_DIMENSIONS), *labels)
        columns = [
            f"labels[{{label_{place}:String}}]" if name.startswith(_LABEL) else quote_name(name)
            for place, name in enumerate(self._names)
        ]
        columns.append("ifNull(prompt_topic, '')" if topics else "''")
        self._sql = _SQL.format(columns=", ".join(columns))
        self._labels = {
            f"label_{place}": name.removeprefix(_LABEL)
            for place, name in enumerate(self._names)
            if name.startswith(_LABEL)
        }

    def find(self, ids: Iterable[str], begin: datetime, end: datetime) -> dict[str, FoundEvent]:
        """The events with these ids that were made from ``begin`` to ``end``.

        Raises
        ------
        StoreUnavailable
            ClickHouse is away.
        StoreError
            ClickHouse refuses.
        """
        wanted, found = sorted(set(ids)), dict[str, FoundEvent]()
        for first in range(0, len(wanted), _AT_ONCE):
            parameters: dict[str, Any] = {
                "ids": wanted[first : first + _AT_ONCE],
                "begin": begin,
                "end": end,
                **self._labels,
            }
            with store_errors("looking for the events of feedback", self._client.uri):
                rows = self._client.query(self._sql, parameters=parameters).result_rows
            for event_id, *values, topic in rows:
                dimensions = dict(zip(self._names, map(str, values), strict=True))
                found[str(event_id)] = FoundEvent(dimensions, str(topic))
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
