"""The weights by which people's names are told from other words with a capital."""

from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.privacy.name_model import FILE, known_words
from detectors.text.vocabulary import vocabulary
from training.privacy.name_fitting import examples_of, fitted
from training.privacy.name_public import foreign_texts, public_texts
from training.privacy.name_texts import filled, presidio_templates, templates
from training.privacy.names import written
from training.tensors import write_tensors

_SEED: Final = 7
_OF_OURS: Final = 80
_OF_PRESIDIO: Final = 12
_OF_SOURCE: Final = 3_000
_FOREIGN: Final = 6.0
"""Importance of words of other languages, of which there are fewer than in what people write."""
_PASSES: Final = 6
_LEAST: Final = 0.5
"""The logit that counts as a probability of one half: found names shall be right."""
_SELDOM: Final = 4
_SMALL, _CAPITAL = 0.8, 0.15
_WHOLE: Final = 0.9999
"""Share of the weights that are not cut off when they become bytes."""


def write_weights(data: Path, folder: Path) -> None:
    """Fit the weights and write them into a folder: about four minutes."""
    rng = Random(_SEED)
    how = _how_written(data)
    known, names = known_words(how)
    theirs = sorted(set(presidio_templates(data / "presidio_pii/data.jsonl")))
    made = [filled(one, rng) for one in templates() for _ in range(_OF_OURS)]
    made += [filled(one, rng) for one in theirs for _ in range(_OF_PRESIDIO)]
    groups = [
        examples_of(texts, known, names, rng)
        for texts in (made, public_texts(data, _OF_SOURCE, rng), foreign_texts(rng))
    ]
    features, labels = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    importance = np.ones(len(labels), np.float32)
    importance[-len(groups[-1][1]) :] = _FOREIGN
    weights = fitted(features, labels, importance, _PASSES, _SEED)
    scale = float(np.quantile(np.abs(weights), _WHOLE)) / 127
    tensors = {
        "weights": np.clip(np.rint(weights / scale), -127, 127).astype(np.int8),
        "scale": np.array([scale, _LEAST]),
        "written": _packed(how),
    }
    write_tensors(folder / FILE, tensors, {"trained_by": "python -m training.privacy"})


def _how_written(data: Path) -> NDArray[np.uint8]:
    """How texts write each word of the vocabulary: see :func:`known_words`."""
    capital, small = written(data)
    found = []
    for word in vocabulary().words:
        count = capital[word] + small[word]
        share = small[word] / max(count, 1)
        found.append(
            0 if count < _SELDOM else 1 if share > _SMALL else 2 if share > _CAPITAL else 3
        )
    return np.array(found, np.uint8)


def _packed(how: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Four to a byte, the first one lowest."""
    four = np.concatenate([how, np.zeros(-len(how) % 4, np.uint8)]).reshape(-1, 4)
    packed: NDArray[np.uint8] = np.bitwise_or.reduce(four << np.arange(0, 8, 2, np.uint8), axis=1)
    return packed
