"""Figures of the card: measures in cells, and shares by bin of probability."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.measures import KNOWN, Kind, Ranking, measured

_BINS: Final = 10


def cells_of(
    labels: NDArray[np.int8], chances: NDArray[np.float64], kind: Kind = "probability"
) -> list[str]:
    """Cells of :data:`~training.measures.MEASURES` with intervals; empty where one says nothing."""
    figures = measured(labels == 1, chances)
    return [
        str(figure) if known else "" for figure, known in zip(figures, KNOWN[kind], strict=True)
    ]


def plain_cells(labels: NDArray[np.int8], chances: NDArray[np.float64]) -> list[str]:
    """The same without intervals."""
    values = Ranking(labels == 1, chances).measures(np.ones(len(labels)))
    return [f"{value:.3f}" for value in values]


def calibration_rows(
    labels: NDArray[np.int8], chances: NDArray[np.float64]
) -> list[tuple[str, int, float, float]]:
    """By bin of probability: its bounds, texts, mean probability, share of positives."""
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    return [
        (
            f"{b / _BINS:.1f}–{(b + 1) / _BINS:.1f}",
            int((bins == b).sum()),
            float(chances[bins == b].mean()),
            float(labels[bins == b].mean()),
        )
        for b in np.unique(bins)
    ]
