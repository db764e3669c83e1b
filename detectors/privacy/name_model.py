"""The weights of the tagger of names, as they are shipped."""

from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.privacy.name_features import SLOTS

FILE: Final = "person_names.safetensors"


class NameModel(NamedTuple):
    """A logistic regression over hashed features (:mod:`detectors.privacy.name_features`).

    Attributes
    ----------
    weights
        In units of ``unit``; whole numbers add up alike on every machine. int8[SLOTS].
    least, least_in_english
        The least sum of weights at which a word is part of a name, in any text and in a plainly
        English one (:mod:`detectors.privacy.english`).
    bias, unit
        The logarithm of the odds is ``bias + unit * sum``.
    """

    weights: NDArray[np.int8]
    least: int
    least_in_english: int
    bias: float
    unit: float


NO_MODEL: Final = NameModel(np.zeros(SLOTS, np.int8), 1, 1, 0.0, 1.0)
"""By which no word is a name."""


@cache
def name_model() -> NameModel:
    """The model that is shipped, read once."""
    tensors = load((resources.files("detectors.models") / FILE).read_bytes())
    bias, unit, least, in_english = tensors["scale"].tolist()
    return NameModel(tensors["weights"], int(least), int(in_english), bias, unit)
