"""Events that show an alert: those it names, else the newest that fulfil its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dashboards.page.context import Store
from dashboards.page.event_filter import EventFilter, FilterError
from dashboards.panels.query import Selection
from schemas.segments import segment_key

_MOST = 3
_LONGEST = timedelta(days=1)
_NAMED = """
SELECT event_id, time, prompt, response
FROM events
WHERE event_id IN {ids:Array(String)} AND time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)}
ORDER BY time
LIMIT 1 BY event_id
"""


class AlertExamples(NamedTuple):
    """Examples of an alert, and the condition that its events fulfil; empty where all count."""

    events: list[dict[str, Any]]
    condition: str


async def alert_examples(
    store: Store, story: Mapping[str, Any], signals: Sequence[Mapping[str, Any]], now: datetime
) -> AlertExamples:
    """Id, time and texts of a few events; ``time`` is ``None`` of those that are not stored.

    ``story`` is the alert's row of ``STORY``, ``signals`` those that have a column. Where
    the alert names no events they are looked for in the window it began with, which shows what it
    is about; where none is there, until it was resolved, for a day at most.
    """
    condition = str(story["evidence_condition"])
    window = timedelta(seconds=int(story["window_seconds"]))
    begin = story["started_at"] - window
    if ids := list(story["example_event_ids"]):
        hour = timedelta(hours=1)
        end = (story["resolved_at"] or now) + hour
        answer = await store.query(_NAMED, {"ids": ids, "from": begin - hour, "to": end})
        known = {row["event_id"]: row for row in answer.dicts()}
        return AlertExamples(
            [known.get(each, {"event_id": each, "time": None}) for each in ids], condition
        )
    if not condition:
        return AlertExamples([], "")
    wanted = [("segment", segment_key(story["segment"])), ("condition", condition)]
    found: list[dict[str, Any]] = []
    for end in (story["started_at"], min(story["resolved_at"] or now, begin + window + _LONGEST)):
        if found or end <= begin:
            continue
        try:
            query = EventFilter.parse(wanted, signals).query(
                Selection(begin=begin, end=end), limit=_MOST
            )
        except FilterError:  # a signal that is declared no more
            return AlertExamples([], "")
        found = (await store.query(query.sql, query.parameters)).dicts()
    return AlertExamples(
        [
            {**row, "prompt": row["prompt_begin"], "response": row["response_begin"]}
            for row in found
        ],
        condition,
    )
