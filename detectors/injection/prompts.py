"""What is said of prompts, by their worst stretch and as a whole: attacks, harmful requests."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.injection.cues import rules
from detectors.injection.disguise import rewritten_texts
from detectors.injection.documents import LANES, DocumentView, form_of
from detectors.injection.features import Reading
from detectors.injection.model import POOLED, Head, head, probability, tensors_of
from detectors.text.column import TextColumn

HALF: Final = 0.5
LOUD: Final = 6.0
"""What a single stretch has to overcome."""
OTHERS: Final = 0.75
"""What linear model and stretches weigh, where the network weighs 1."""
SHARE: Final = 2.0
"""What it adds that every stretch is an attack: the mark of short ones."""
_ATTACK: Final = LANES.index("attack")
_HARMFUL: Final = LANES.index("harmful_request")


class PromptScores(NamedTuple):
    """What is said of every text.

    ``attack`` and ``harmful`` are probabilities (float64, 0 without words): that it attacks the
    instructions, that it asks for something harmful. ``cues`` (int32) are its families of cues;
    ``disguised`` says whether only what it hides behind a disguise is an attack.
    """

    attack: NDArray[np.float64]
    harmful: NDArray[np.float64]
    cues: NDArray[np.int32]
    disguised: NDArray[np.bool_]


def evidence(
    linear: NDArray[np.float64],
    network: NDArray[np.float64],
    stretch: NDArray[np.float64],
    share: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Log odds of all models together, not calibrated.

    The network carries over best to attacks of other origins, so it counts more. A short attack
    in a long prompt shows in one stretch only: what that says loudly counts by itself.

    Parameters
    ----------
    linear, network
        What these say of the whole text.
    stretch, share
        The soft maximum over the stretches, and their mean probability.
    """
    together = network + OTHERS * (linear + stretch) + SHARE * share
    return np.maximum(together, 2 * stretch - LOUD)


@dataclass(frozen=True)
class PromptModel:
    """The head that judges stretches, and the view of the whole text.

    Attributes
    ----------
    head
        In the lanes of the view: the soft maximum over stretches counts, and, of attacks, their
        mean probability.
    view
        The view of whole texts.
    calibration
        float64 [lanes, 2]: slopes and intercepts that make log odds of evidence.
    """

    head: Head
    view: DocumentView
    calibration: NDArray[np.float64]

    def evidence(self, column: TextColumn, cues: NDArray[np.int32]) -> NDArray[np.float64]:
        """Log odds of every text, not calibrated: float64 [texts, lanes]."""
        linear, network = self.view.log_odds(column, form_of(column, cues))
        pooled = self.head.pooled(Reading(column))
        stretch = pooled[:, :, POOLED.index("soft maximum")].T
        found = linear.astype(np.float64) + network + stretch
        found[:, _ATTACK] = evidence(
            linear[:, _ATTACK].astype(np.float64),
            network[:, _ATTACK].astype(np.float64),
            stretch[:, _ATTACK],
            pooled[_ATTACK, :, POOLED.index("mean probability")],
        )
        return found

    def score(self, column: TextColumn) -> PromptScores:
        """What the model says of every text, as written and with disguises undone."""
        attack, harmful, cues = self._plain(column)
        disguised = np.zeros(len(column), np.bool_)
        rewritten = rewritten_texts(column)
        if rewritten:
            places = np.array(list(rewritten))
            again, harmful_again, cues_again = self._plain(TextColumn(list(rewritten.values())))
            higher = again > attack[places]
            disguised[places] = higher & (again > HALF) & (attack[places] < HALF)
            cues[places[higher]] = cues_again[higher]
            attack[places] = np.maximum(attack[places], again)
            harmful[places] = np.maximum(harmful[places], harmful_again)
        return PromptScores(attack, harmful, cues, disguised)

    def _plain(
        self, column: TextColumn
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
        cues = rules().count(column.words)
        odds = self.evidence(column, cues) * self.calibration[:, 0] + self.calibration[:, 1]
        known = column.words.counts > 0
        attack = probability(odds[:, _ATTACK], known)
        return attack, probability(odds[:, _HARMFUL], known), cues


@cache
def prompt_model() -> PromptModel:
    """The model that is shipped."""
    stored = tensors_of("view")
    view = DocumentView(
        weights=stored["weights"],
        scales=stored["scales"],
        intercepts=stored["intercepts"],
        hidden=stored["hidden"].astype(np.float32),
        hidden_bias=stored["hidden_bias"].astype(np.float32),
        output=stored["output"].astype(np.float32),
    )
    return PromptModel(head("prompt"), view, stored["calibration"])
