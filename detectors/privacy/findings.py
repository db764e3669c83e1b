"""What was found in a column of texts, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.privacy.kinds import KINDS, Kind


class Finding(NamedTuple):
    """Something found in a text.

    ``start`` and ``end`` are positions in the buffer, in bytes. ``confidence`` is the estimated
    probability that it is what ``kind`` says. ``value`` is the thing in a normal form, the same
    however it was written; the empty string where it has none.
    """

    start: int
    end: int
    kind: Kind
    confidence: float
    value: str = ""


@dataclass(frozen=True)
class Findings:
    """Findings of many texts, ordered by text and position; none overlaps another.

    Attributes
    ----------
    texts
        How many texts were read.
    rows
        The text of each finding; int64.
    items
        The findings.
    """

    texts: int
    rows: NDArray[np.int64]
    items: Sequence[Finding]

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """The kind of each finding."""
        return np.fromiter((item.kind for item in self.items), np.int64, len(self.items))

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        """The confidence of each finding."""
        return np.fromiter((item.confidence for item in self.items), np.float64, len(self.items))

    def scores(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """The probability, text by text, that anything found is what it seems.

        1 less the product of the doubts, one doubt a kind: several e-mail addresses in a text are
        right or wrong together, so the surest one speaks for its kind.

        Parameters
        ----------
        chosen
            Which findings count; all when absent.
        """
        surest = np.zeros((self.texts, KINDS))
        confidences = self.confidences if chosen is None else self.confidences * chosen
        np.maximum.at(surest, (self.rows, self.kinds), confidences)
        scores: NDArray[np.float64] = 1.0 - np.prod(1.0 - surest, axis=1)
        return scores

    def counts(self, at_least: float) -> NDArray[np.int64]:
        """How many findings each text has that are so sure at least."""
        return np.bincount(self.rows[self.confidences >= at_least], minlength=self.texts)

    def worst(self, at_least: float) -> NDArray[np.int64]:
        """The most severe kind of each text among findings so sure; :data:`KINDS` where none."""
        worst = np.full(self.texts, KINDS, np.int64)
        sure = self.confidences >= at_least
        np.minimum.at(worst, self.rows[sure], self.kinds[sure])
        return worst
