"""A batch of events as columns: what every detector reads."""

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from schemas.events import Context, InferenceEvent

TEXT_COLUMNS = ("prompt", "system_prompt", "response", "context", "tool_result", "reference_answer")


class EventBatch:
    """Events as a frame with a row an event and a column a field, texts flattened.

    ``frame`` has the event's scalar fields under their names; ``prompt`` holds all turns but the
    system's, ``system_prompt`` the system's turns where the event gives no system prompt,
    ``context`` the contexts' texts and ``tool_result`` the tools' results, each joined by blank
    lines (null where there are none). ``events`` are the events themselves, for what has no column.
    """

    def __init__(self, events: Sequence[InferenceEvent]) -> None:
        self.events = events

    def __len__(self) -> int:
        return len(self.events)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """One row an event."""
        raise NotImplementedError


def context_texts(event: InferenceEvent) -> list[str]:
    """The texts of the event's contexts, in order."""
    return [c.text if isinstance(c, Context) else c for c in event.contexts]
