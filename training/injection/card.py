"""The model card, written from what was measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from training.injection import measures
from training.injection.judging import Result, row

_ROOM: Final = Path(__file__).parent


def card(results: Sequence[Result]) -> str:
    """The card's text."""
    lines = [row(result, method) for result in results for method in result[2]]
    text = _read("card_head.md") + "\n".join(lines) + "\n\n## Thresholds\n"
    for name, labels, scores in results:
        values = scores["Tidewatch"]
        text += f"\n{name}:\n\n| threshold | recall | false alarms |\n|---|---|---|\n"
        for threshold in (0.5, 0.8, 0.9, 0.95, 0.99):
            found, alarms = values[labels] > threshold, values[~labels] > threshold
            text += f"| {threshold} | {found.mean():.3f} | {alarms.mean():.4f} |\n"
    text += "\n## Calibration\nAll that was judged, by predicted probability.\n\n"
    labels = np.concatenate([result[1] for result in results])
    values = np.concatenate([result[2]["Tidewatch"] for result in results])
    bins = np.minimum((values * measures.BINS).astype(int), measures.BINS - 1)
    text += "| predicted | texts | attacks |\n|---|---|---|\n"
    for one in np.unique(bins):
        inside = bins == one
        share = f"{values[inside].mean():.2f} | {int(inside.sum())} | {labels[inside].mean():.2f}"
        text += f"| {share} |\n"
    return text + _read("card_tail.md")


def _read(name: str) -> str:
    return (_ROOM / name).read_text(encoding="utf-8")
