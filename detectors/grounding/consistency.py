"""Self-consistency: whether further answers to the same prompt support this one.

Manakul, Liusie and Gales (2023), SelfCheckGPT: what a model knows it says again, what it makes up
varies from sample to sample.
"""

import re
from collections.abc import Sequence

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
_YES = re.compile(r"\A\W{0,8}(?:yes|yeah|yep|true|correct)\b", re.IGNORECASE)
_NO = re.compile(
    r"\A\W{0,8}(?:no|nope|false|incorrect)\b(?! (?:one|more|longer|matter|doubt)\b)", re.IGNORECASE
)


def consistency(batch: EventBatch, lexicon: LexiconTables) -> NDArray[np.float64]:
    """Mean share of the response, by rarity, that each further answer supports; NaN without any.

    A yes supports no no, and the other way round, whatever follows.
    """
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
    said, again = _polarities(answers.texts), _polarities(samples.column.texts)
    told = (said != 0) & (again != 0)
    bare = np.diff(reading.offsets) == 0
    supported = np.where(told & (said != again), 0.0, np.where(bare & told, 1.0, supported))
    known = readable(answers) & readable(samples.column) & (told | ~bare)
    rows = np.array([row for row, _, _ in pairs])
    totals = np.bincount(rows[known], supported[known], len(batch))
    counts = np.bincount(rows[known], minlength=len(batch))
    return np.where(counts > 0, np.clip(totals / np.maximum(counts, 1), 0.0, 1.0), np.nan)


def _polarities(texts: Sequence[str | None]) -> NDArray[np.int64]:
    """1 of texts that begin with a yes, -1 with a no, 0 of others."""
    return np.array(
        [bool(_YES.match(text or "")) - bool(_NO.match(text or "")) for text in texts], np.int64
    )
