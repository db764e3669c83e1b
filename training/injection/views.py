"""Fitting the view of whole texts: a linear model and two networks a lane."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from detectors.injection.cues import rules
from detectors.injection.documents import (
    LANES,
    SMOOTHING,
    VECTOR_SCALE,
    DocumentView,
    document_slots,
    form_of,
)
from detectors.injection.features import SLOTS
from detectors.text.column import TextColumn
from training.injection.documents import Document
from training.injection.networks import UNITS, fit_network

COST: Final = 5.0
NETWORKS: Final = ((0.1, 1.0), (3.0, 2.0))
"""Two networks a lane, averaged: their weight decay, and how loud the form is for them."""


def fit_view(documents: Sequence[Document], seed: int = 0) -> DocumentView:
    """A view of whole texts from documents; those of weight 0 are left out."""
    column = TextColumn([document.text for document in documents])
    occurring = occurrences(column)
    form = form_of(column, rules().count(column.words))
    inputs = np.hstack([column.embeddings * np.float32(VECTOR_SCALE), form])
    width = inputs.shape[1]
    units = len(LANES) * len(NETWORKS) * UNITS
    weights = np.zeros((SLOTS, len(LANES)))
    intercepts = np.zeros(len(LANES), np.float32)
    hidden = np.zeros((width, units), np.float32)
    hidden_bias = np.zeros(units, np.float32)
    output = np.zeros((units + 1, len(LANES)), np.float32)
    for lane, name in enumerate(LANES):
        goals = np.array(
            [document.attack if lane == 0 else document.harmful for document in documents]
        )
        # An attack may hold a harmful request or not, and such a request be called an attack or not.
        unsaid = "attack" if name == "harmful_request" else "harmful"
        loud = np.array([0.0 if getattr(d, unsaid) else d.weight for d in documents])
        used = np.flatnonzero(loud)
        linear = LogisticRegression(C=COST, solver="liblinear", random_state=seed)
        linear.fit(occurring[used], goals[used], loud[used])
        weights[:, lane], intercepts[lane] = linear.coef_[0], linear.intercept_[0]
        for number, (decay, loudness) in enumerate(NETWORKS):
            scale = np.ones(width, np.float32)
            scale[-form.shape[1] :] = loudness
            network = fit_network(
                inputs[used] * scale, goals[used], loud[used], decay, seed + number
            )
            at = (lane * len(NETWORKS) + number) * UNITS
            hidden[:, at : at + UNITS] = network.hidden * scale[:, None]
            hidden_bias[at : at + UNITS] = network.hidden_bias
            output[at : at + UNITS, lane] = network.output / len(NETWORKS)
            output[-1, lane] += network.bias[0] / len(NETWORKS)
    scales = np.abs(weights).max(axis=0) / 127
    return DocumentView(
        weights=np.rint(weights / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        intercepts=intercepts,
        hidden=hidden,
        hidden_bias=hidden_bias,
        output=output,
    )


def occurrences(column: TextColumn) -> sparse.csr_matrix:
    """Which words and pairs occur in every text, as the runtime adds up their weights."""
    words = column.words
    slots, starts = document_slots(words.offsets, words.hashes, np.full(SLOTS, -1, np.int32))
    counts = np.diff(starts)
    values = np.repeat(1 / np.sqrt(counts + SMOOTHING), counts).astype(np.float32)
    shape = (len(column), SLOTS)
    return sparse.csr_matrix((values, slots, starts), shape)  # type: ignore[no-untyped-call]
