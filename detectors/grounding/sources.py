"""What an answer should be grounded in: its retrieved passages, else the reference answer."""

import numpy as np
from numpy.typing import NDArray

from detectors.batch import Contexts, EventBatch, context_texts, prompt_text
from detectors.text.column import TextColumn

READ_LANGUAGES = ("en", "und")
"""English; texts too short to tell are taken for it."""


def sources_of(batch: EventBatch) -> Contexts:
    """Of every event the passages; where it has none, its reference answer if it has one.

    Reference answers are often as short as "1889": the question's words go with them, for a
    sentence that repeats them says nothing new by that.
    """
    instead = [
        bool(reference and reference.strip()) and not contexts
        for reference, contexts in zip(
            batch.field("reference_answer"), batch.field("contexts"), strict=True
        )
    ]
    if not any(instead):
        return batch.contexts
    texts = [
        [f"{event.reference_answer}\n\n{prompt_text(event) or ''}"]
        if alone
        else context_texts(event)
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
