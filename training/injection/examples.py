"""Documents as the runtime's features: what the trainer multiplies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detectors.injection import features
from detectors.injection.features import PAIRS_A_WORD, SLOTS, SMOOTHING, TOPIC_DIMENSIONS, Reading
from detectors.text.column import TextColumn
from detectors.text.word_vectors import word_vectors
from training.injection.documents import Document


@dataclass(frozen=True)
class Examples:
    """Features of documents.

    ``offsets`` says where each document's stretches begin; ``pairs`` (sparse), ``vectors`` and
    ``form`` have a row a stretch; ``marked`` is 1 for stretches known to be attacks, 0 for those
    known to be none, -1 where only the document's label is known. ``labels`` and ``weights`` are
    the documents'.
    """

    offsets: NDArray[np.int64]
    pairs: sparse.csr_matrix
    vectors: NDArray[np.float32]
    form: NDArray[np.float32]
    marked: NDArray[np.int8]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: NDArray[np.int64]) -> "Examples":
        """Some of the documents, in the order given."""
        counts = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        rows = np.arange(offsets[-1]) + np.repeat(self.offsets[chosen] - offsets[:-1], counts)
        return Examples(
            offsets,
            self.pairs[rows],
            self.vectors[rows],
            self.form[rows],
            self.marked[rows],
            self.labels[chosen],
            self.weights[chosen],
        )


def examples_of(documents: Sequence[Document]) -> Examples:
    """Read documents with the runtime's kernels; those without a word are refused.

    Raises
    ------
    ValueError
        When a document has no word.
    """
    column = TextColumn([document.text for document in documents])
    reading = Reading(column)
    stretches, words = reading.stretches, column.words
    if not stretches.counts.all():
        raise ValueError(f"document {int(np.argmin(stretches.counts))} has no word: leave it out")
    bounds = stretches.word_bounds
    room = len(words.hashes) * PAIRS_A_WORD + 2 * len(bounds)
    slots = np.empty(room, np.int32)
    starts = features.slots_of(words.hashes, bounds, slots)
    scale = 1 / np.sqrt(np.diff(bounds) + SMOOTHING)
    values = np.repeat(scale, np.diff(starts)).astype(np.float32)
    pairs = sparse.csr_matrix(  # type: ignore[no-untyped-call]
        (values, slots[: starts[-1]], starts), shape=(len(bounds) - 1, SLOTS), dtype=np.float32
    )
    vectors = features.vector_sums(column.rows, bounds, word_vectors())
    form = features.forms(
        column.buffer.data,
        words.ends,
        column.rows,
        stretches.offsets,
        bounds,
        np.ascontiguousarray(vectors[:, :TOPIC_DIMENSIONS]),
    )
    return Examples(
        stretches.offsets,
        pairs,
        vectors,
        form,
        _marks(documents, reading),
        np.array([document.attack for document in documents], np.float32),
        np.array([document.weight for document in documents], np.float32),
    )


def _marks(documents: Sequence[Document], reading: Reading) -> NDArray[np.int8]:
    """Which stretches are known to be attacks, or to be none."""
    stretches, column = reading.stretches, reading.column
    marked = np.full(len(stretches.word_bounds) - 1, -1, np.int8)
    begins = column.words.starts[stretches.word_bounds[:-1]]
    ends = column.words.ends[stretches.word_bounds[1:] - 1]
    for number, document in enumerate(documents):
        rows = slice(stretches.offsets[number], stretches.offsets[number + 1])
        if not document.attack:
            marked[rows] = 0
        elif document.span is not None:
            first, last = (
                column.buffer.starts[number] + len(document.text[:at].encode("utf-8", "replace"))
                for at in document.span
            )
            inside = (begins[rows] < last) & (ends[rows] > first)
            # The attack's first stretch says most; what follows may be its payload.
            marked[rows] = np.where(inside, -1, 0)
            if inside.any():
                marked[rows.start + int(np.argmax(inside))] = 1
    return marked
