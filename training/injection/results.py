"""What was judged, and the lines of the card's table."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.measures import MEASURES, measured

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]

SHOWN: Final = ("AUROC", "average precision", "recall at 1 % false positives")
"""Of :data:`~training.measures.MEASURES`, the card's columns."""


class Result(NamedTuple):
    """What was judged: its name, the labels, the scores by method."""

    name: str
    labels: Labels
    scores: dict[str, Scores]


def lines(result: Result) -> list[str]:
    """The lines of the card's table, one a method."""
    sizes = f"{int(result.labels.sum())} + {int((~result.labels).sum())}"
    found = []
    for method, scores in result.scores.items():
        figures = dict(zip(MEASURES, measured(result.labels, scores), strict=True))
        # Rules say yes or no: there is no threshold to choose.
        cells = ["" if method == "rules" and n != "AUROC" else str(figures[n]) for n in SHOWN]
        found.append(f"| {result.name} | {sizes} | {method} | {' | '.join(cells)} |")
    return found
