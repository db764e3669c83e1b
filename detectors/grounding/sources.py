"""What an answer should be grounded in: its retrieved passages, else the reference answer."""

import numpy as np
from numpy.typing import NDArray

from detectors.batch import Contexts, EventBatch, context_texts
from detectors.text.column import TextColumn

READ_LANGUAGES = ("en", "und")
"""English; texts too short to tell are taken for it."""


def sources_of(batch: EventBatch) -> Contexts:
    """Of every event the passages; where it has none, its reference answer if it has one."""
    instead = [
        reference is not None and not contexts
        for reference, contexts in zip(
            batch.field("reference_answer"), batch.field("contexts"), strict=True
        )
    ]
    if not any(instead):
        return batch.contexts
    texts = [
        [event.reference_answer or ""] if alone else context_texts(event)
        for event, alone in zip(batch.events, instead, strict=True)
    ]
    return flattened(texts)


def flattened(texts: list[list[str]]) -> Contexts:
    """Several texts an event as one column."""
    counts = np.fromiter(map(len, texts), np.int64, len(texts))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return Contexts(TextColumn([text for several in texts for text in several]), offsets)


def readable(column: TextColumn) -> NDArray[np.bool_]:
    """Which texts are in a language that grounding reads."""
    return column.in_languages(READ_LANGUAGES)


def all_readable(sources: Contexts) -> NDArray[np.bool_]:
    """Of which events every passage is in a language that grounding reads."""
    unread = np.concatenate([np.zeros(1, np.int64), np.cumsum(~readable(sources.column))])
    return np.asarray(unread[sources.offsets[1:]] == unread[sources.offsets[:-1]])
