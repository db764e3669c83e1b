"""Self-consistency: whether further answers to the same prompt support this one.

Manakul, Liusie and Gales (2023), SelfCheckGPT: what a model knows it says again, what it makes up
varies from sample to sample.
"""

import numpy as np
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.grounding.features import FEATURES
from detectors.grounding.lexicon import LexiconTables
from detectors.grounding.model import pool
from detectors.grounding.reading import read_answers
from detectors.grounding.sources import flattened, readable
from detectors.text.column import TextColumn

_UNSUPPORTED = len(FEATURES) + FEATURES.index("unsupported")


def consistency(batch: EventBatch, lexicon: LexiconTables) -> NDArray[np.float64]:
    """Mean share of the response, by rarity, that each further answer supports; NaN without any."""
    values = np.full(len(batch), np.nan)
    responses = batch.field("response")
    pairs = [
        (row, responses[row], sample)
        for row, samples in enumerate(batch.field("sampled_responses"))
        if samples and responses[row] is not None
        for sample in samples
    ]
    if not pairs:
        return values
    answers = TextColumn([response for _, response, _ in pairs])
    samples = flattened([[sample] for _, _, sample in pairs])
    reading = read_answers(answers, samples, lexicon)
    supported = 1.0 - pool(reading.features, reading.offsets)[:, _UNSUPPORTED]
    known = readable(answers) & readable(samples.column) & (np.diff(reading.offsets) > 0)
    rows = np.array([row for row, _, _ in pairs])
    totals = np.bincount(rows[known], supported[known], len(batch))
    counts = np.bincount(rows[known], minlength=len(batch))
    return np.where(counts > 0, np.clip(totals / np.maximum(counts, 1), 0.0, 1.0), np.nan)
