"""Which kind of attack a text is, from the families of its cues."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.injection.cues import rules

NONE: Final = "none"
KINDS: Final = (
    "exfiltration_link",
    "encoded_payload",
    "prompt_extraction",
    "instruction_override",
    "role_play",
    "gibberish_suffix",
    "harmful_request",
    NONE,
)
"""The kinds, the first of those that speak as loud as one another being the one that is told."""

_LOUDNESS: Final = {
    "exfiltration_link": 2.0,
    "encoded_payload": 1.5,
    "prompt_extraction": 2.0,
    "instruction_override": 2.0,
    "role_play": 1.0,
}
"""A role play shows in many families, a link in one."""

_FALLBACK: Final = KINDS.index("instruction_override")


def any_of(*chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that at least one of several holds that have nothing to do with one another.

    Examples
    --------
    >>> any_of(np.array([0.5, 0.0]), np.array([0.5, 0.25])).tolist()
    [0.75, 0.25]
    """
    none = np.ones(len(chances[0]))
    for chance in chances:
        none *= 1 - chance
    return 1 - none


def kinds_of_cues(cues: NDArray[np.int32]) -> NDArray[np.int64]:
    """Places in :data:`KINDS` of texts that are attacks.

    Parameters
    ----------
    cues
        What :meth:`detectors.injection.cues.Rules.count` gives for them. Where no family speaks
        for a kind, it is an override of instructions.
    """
    loudness = np.zeros((len(cues), len(KINDS)))
    for family, kind in enumerate(rules().kinds):
        if kind:
            loudness[:, KINDS.index(kind)] += np.minimum(cues[:, family], 3) * _LOUDNESS[kind]
    found = np.argmax(loudness, axis=1)
    return np.where(loudness.max(axis=1, initial=0) > 0, found, _FALLBACK)
