"""Self-consistency: whether further answers to the same prompt support this one.

Manakul, Liusie and Gales (2023), SelfCheckGPT: what a model knows it says again, what it makes up
varies from sample to sample.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.grounding.features import FEATURES
from detectors.grounding.lexicon import LexiconTables
from detectors.grounding.model import pool
from detectors.grounding.reading import read_answers
from detectors.grounding.sources import flattened, readable
from detectors.text.column import TextColumn
from schemas.events import InferenceEvent

_UNSUPPORTED = len(FEATURES) + FEATURES.index("unsupported")


def consistency(events: Sequence[InferenceEvent], lexicon: LexiconTables) -> NDArray[np.float64]:
    """Mean share of the response, by rarity, that each further answer supports; NaN without any."""
    values = np.full(len(events), np.nan)
    pairs = [
        (row, event.response, sample)
        for row, event in enumerate(events)
        if event.response is not None
        for sample in event.sampled_responses
    ]
    if not pairs:
        return values
    answers = TextColumn([response for _, response, _ in pairs])
    samples = flattened([[sample] for _, _, sample in pairs])
    reading = read_answers(answers, samples, lexicon)
    supported = 1.0 - pool(reading.features, reading.offsets)[:, _UNSUPPORTED]
    known = readable(answers) & readable(samples.column) & (np.diff(reading.offsets) > 0)
    rows = np.array([row for row, _, _ in pairs])
    totals = np.bincount(rows[known], supported[known], len(events))
    counts = np.bincount(rows[known], minlength=len(events))
    return np.where(counts > 0, np.clip(totals / np.maximum(counts, 1), 0.0, 1.0), np.nan)
