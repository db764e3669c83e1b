"""Embeddings of prompt, response and contexts, and what prompts are about: for drift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.drift.embedding import LINEAR, SIZE, given_embeddings, own_embeddings
from detectors.drift.topics import OTHER, TOPICS, topics_of
from detectors.text.column import TextColumn
from schemas.events import Embeddings
from schemas.signals import Signal

OWN_MODEL: Final = "tidewatch/words-1"
"""Stands for Tidewatch's own word vectors among the models of embeddings."""

_NAMES: Final = pl.Series([*TOPICS, OTHER, None], dtype=pl.String)

_MOST_DIMENSIONS: Final = 8192

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class EmbeddingsDetector:
    """What texts are like, as vectors, and by topic.

    The application's own embeddings where the event has them, projected to a fixed size; else the
    mean of Tidewatch's word vectors. Embeddings of different models do not compare, nor those of
    different lengths, to which some models shorten theirs: ``embedding.model`` tells both.
    """

    name: str = "embeddings"
    version: str = "2"
    signals: tuple[Signal, ...] = (
        Signal(
            name="prompt.embedding",
            kind="vector",
            source="prompt",
            stored=False,
            description="Embedding of the prompt, with random Fourier features.",
        ),
        Signal(
            name="response.embedding",
            kind="vector",
            source="response",
            stored=False,
            description="Embedding of the response, with random Fourier features.",
        ),
        Signal(
            name="context.embedding",
            kind="vector",
            source="context",
            stored=False,
            description="Mean embedding of the contexts, with random Fourier features.",
        ),
        Signal(
            name="embedding.model",
            kind="category",
            description="Model and length of the application's embeddings, or Tidewatch's own.",
        ),
        Signal(
            name="prompt.topic",
            kind="category",
            source="prompt",
            description="What an English prompt is about, by word vectors.",
        ),
        Signal(
            name="prompt.failed_topic",
            kind="category",
            source="prompt",
            description="Topic of prompts whose call failed or whose response is empty.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        embeddings = enumerate(batch.field("embeddings"))
        given: dict[int, Embeddings] = {row: each for row, each in embeddings if each is not None}
        prompt, response = batch.text("prompt"), batch.text("response")
        topic = _topics(prompt)
        wrong = (batch.select(["status"])["status"] == "error").to_numpy()
        # What is absent is empty in the buffer.
        failed = pl.Series(wrong | (response.buffer.ends == response.buffer.starts))
        vectors = {
            "prompt.embedding": _vectors(_own(prompt), {r: g.prompt for r, g in given.items()}),
            "response.embedding": _vectors(
                _own(response), {r: g.response for r, g in given.items()}
            ),
            "context.embedding": _vectors(
                _of_contexts(batch), {r: _mean(g) for r, g in given.items()}
            ),
        }
        models = pl.repeat(OWN_MODEL, len(batch), dtype=pl.String, eager=True)
        if given:
            models = models.scatter(list(given), [_model(each) for each in given.values()])
        some = pl.DataFrame(vectors).select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        return {
            **vectors,
            "embedding.model": models.zip_with(some, pl.Series([None], dtype=pl.String)),
            "prompt.topic": topic,
            "prompt.failed_topic": topic.zip_with(failed, pl.Series([None], dtype=pl.String)),
        }


def _topics(text: TextColumn) -> pl.Series:
    english = text.in_languages(("en",))
    found = topics_of(text.embeddings)
    found[found < 0] = len(TOPICS)
    return _NAMES[np.where(english, found, len(TOPICS) + 1)]


def _own(text: TextColumn) -> Matrix:
    return text.embeddings


def _of_contexts(batch: EventBatch) -> Matrix:
    """The mean embedding of every event's contexts, zeros where there are none."""
    contexts = batch.contexts
    counts = np.diff(contexts.offsets)
    each = contexts.column.embeddings[:, :LINEAR]
    means = np.zeros((len(counts), LINEAR), np.float32)
    some = counts > 0
    if some.any():
        sums = each if counts.max() == 1 else np.add.reduceat(each, contexts.offsets[:-1][some])
        means[some] = sums / counts[some, None].astype(np.float32)
    return means


def _vectors(own: Matrix, given: Mapping[int, Sequence[float] | None]) -> pl.Series:
    """Own embeddings and the application's by row, in one form; null where there is neither."""
    found = own_embeddings(own)
    known = np.einsum("ij,ij->i", own[:, :LINEAR], own[:, :LINEAR]) > 0
    by_length: dict[int, list[int]] = {}
    for row, vector in given.items():
        if vector:
            by_length.setdefault(len(vector), []).append(row)
    for length, rows in by_length.items():
        vectors = np.array([given[row] for row in rows], np.float32)
        usable = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
        usable &= length <= _MOST_DIMENSIONS
        known[rows] = usable
        if usable.any():
            found[np.array(rows)[usable]] = given_embeddings(vectors[usable])
    values = pl.Series(found, dtype=pl.Array(pl.Float32, SIZE))
    if known.all():
        return values
    return values.zip_with(pl.Series(known), pl.Series([None], dtype=pl.Array(pl.Float32, SIZE)))


def _model(given: Embeddings) -> str:
    """The model, and of how many numbers its embeddings are.

    >>> _model(Embeddings(model="small-3", prompt=[0.6, 0.8])), _model(Embeddings(model="small-3"))
    ('small-3 (2 dimensions)', 'small-3')
    """
    vectors = (given.prompt, given.response, *(given.contexts or ()))
    lengths = sorted({len(vector) for vector in vectors if vector})
    return (
        f"{given.model} ({' and '.join(map(str, lengths))} dimensions)" if lengths else given.model
    )


def _mean(given: Embeddings) -> Sequence[float] | None:
    """The mean of an event's own embeddings of contexts, where they are of one length."""
    if not given.contexts or len({len(each) for each in given.contexts}) != 1:
        return None
    mean: list[float] = np.mean(np.array(given.contexts, np.float64), axis=0).tolist()
    return mean


detector = EmbeddingsDetector()
