"""Events that fulfil a condition, sampled as examples."""

from collections.abc import Iterator, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.conditions import compile_condition
from detectors.folding.groups import Groups, Ints
from detectors.summaries.examples import EXAMPLES_KEPT
from detectors.summaries.hashing import stable_hash
from schemas.monitors.conditions import Condition
from schemas.monitors.parse_condition import format_condition
from schemas.panes import Example


def sample_bad_events(
    frame: pl.DataFrame, conditions: Sequence[Condition], groups: Groups
) -> Iterator[tuple[int, str, Example]]:
    """Row, condition and an example that fulfils it, by ascending priority within both.

    ``frame`` is in leaf order. At most ``EXAMPLES_KEPT`` for a row and condition,
    which is told as text (:func:`~schemas.monitors.parse_condition.format_condition`).
    """
    if not conditions:
        return
    chosen = {format_condition(each): compile_condition(each, frame.schema) for each in conditions}
    bad = frame.select(**{text: each.fill_null(value=False) for text, each in chosen.items()})
    fulfilled = bad.to_numpy()
    events = np.flatnonzero(fulfilled.any(axis=1))
    priority = np.zeros(len(frame), np.uint64)
    priority[events] = stable_hash(frame["event_id"].gather(events).to_list())
    sampled: list[tuple[int, str, int]] = []
    for column, text in enumerate(chosen):
        events = np.flatnonzero(fulfilled[:, column])
        events = events[_smallest(groups.leaf_of_event[events], priority[events])]
        # What a row keeps is among what its leaves keep.
        rows = groups.rows_of_leaf[groups.leaf_of_event[events]]
        events = np.repeat(events, rows.shape[1])
        rows = rows.ravel()
        kept = _smallest(rows, priority[events])
        sampled += zip(rows[kept].tolist(), repeat(text), events[kept].tolist())
    examples = _examples(frame, sorted({event for _, _, event in sampled}), priority)
    for row, text, event in sampled:
        yield row, text, examples[event]


def _smallest(group: Ints, priority: npt.NDArray[np.uint64]) -> Ints:
    """Indices of the smallest priorities of every group, once each, ordered by both."""
    order = np.lexsort((priority, group))
    group, priority = group[order], priority[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (group[1:] != group[:-1]) | (priority[1:] != priority[:-1])
    order, group = order[fresh], group[fresh]
    first = np.searchsorted(group, group)
    kept: Ints = order[np.arange(len(order)) - first < EXAMPLES_KEPT]
    return kept


def _examples(
    frame: pl.DataFrame, events: list[int], priority: npt.NDArray[np.uint64]
) -> dict[int, Example]:
    chosen = frame[events].select(
        "event_id",
        pl.col("time").dt.epoch("us"),
        pl.col("prompt_excerpt", "response_excerpt").fill_null(""),
    )
    rows = zip(events, priority[events].tolist(), chosen.iter_rows(), strict=True)
    return {
        event: Example(first, event_id, microseconds / 1e6, prompt, response)
        for event, first, (event_id, microseconds, prompt, response) in rows
    }
