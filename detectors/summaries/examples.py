"""Examples of bad events: a bottom-k sample, which merges exactly."""

from collections.abc import Sequence
from typing import Final

from schemas.panes import Example

EXAMPLES_KEPT: Final = 3


def merge_examples(
    left: Sequence[Example], right: Sequence[Example], k: int = EXAMPLES_KEPT
) -> list[Example]:
    """The ``k`` examples of smallest priority, each event once, in that order.

    The priority is a hash of the event id, so what is kept is a uniform sample of the events, the
    same in whatever order they come. Empty lists are the identity.
    """
    by_event: dict[str, Example] = {}
    for example in (*left, *right):
        seen = by_event.get(example.event_id)
        if seen is None or _order(example) < _order(seen):
            by_event[example.event_id] = example
    return sorted(by_event.values(), key=_order)[:k]


def _order(example: Example) -> tuple[int, str, float, str, str]:
    return (
        example.priority,
        example.event_id,
        example.time,
        example.prompt_excerpt,
        example.response_excerpt,
    )
