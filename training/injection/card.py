"""The model card, written from what was measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from detectors.injection.prompts import PromptModel
from detectors.text.column import TextColumn
from training.injection.disguises import DISGUISES
from training.injection.fitting import OutOfFold
from training.injection.judging import probes
from training.injection.results import Result, lines
from training.measures import BINS

_ROOM: Final = Path(__file__).parent
_THRESHOLDS: Final = (0.1, 0.3, 0.5, 0.8, 0.9, 0.95)


def card(results: Sequence[Result], held_out: OutOfFold, model: PromptModel) -> str:
    """The card's text."""
    table = [line for result in results for line in lines(result)]
    return (
        _read("card_head.md")
        + "\n".join(table)
        + "\n"
        + _calibration(held_out)
        + _disguises(model)
        + _read("card_tail.md")
    )


def _calibration(held_out: OutOfFold) -> str:
    labels, values = held_out.labels, held_out.probabilities
    text = "\n## Calibration and thresholds of attacks on instructions\n"
    text += (
        "The part of `prompt.injection` that is neither suffix nor request, on the prompts that\n"
    )
    text += "calibrate (see above), whose model has not seen their like.\n\n"
    text += "| threshold | recall | false alarms |\n|---|---|---|\n"
    for threshold in _THRESHOLDS:
        found, alarms = values[labels] > threshold, values[~labels] > threshold
        text += f"| {threshold} | {found.mean():.3f} | {alarms.mean():.4f} |\n"
    text += "\n| predicted | prompts | attacks, at one in ten |\n|---|---|---|\n"
    # Harmless prompts stand for nine in ten, whatever their number here.
    loud = np.where(labels, 0.1 / labels.mean(), 0.9 / (~labels).mean())
    bins = np.minimum((values * BINS).astype(int), BINS - 1)
    for one in np.unique(bins):
        inside = bins == one
        share = loud[inside & labels].sum() / loud[inside].sum()
        text += f"| {values[inside].mean():.2f} | {int(inside.sum())} | {share:.2f} |\n"
    return text


def _disguises(model: PromptModel) -> str:
    text = "\n## Disguises\nOf our short attacks and our harmless probes, the share above 0.5.\n\n"
    text += "| disguise | attacks | harmless |\n|---|---|---|\n"
    attacks, harmless = probes("attacks"), probes("benign")
    for name, disguise in DISGUISES.items():
        shares = [
            (model.score(TextColumn([disguise(d.text) for d in texts])).attack > 0.5).mean()
            for texts in (attacks, harmless)
        ]
        text += f"| {name} | {shares[0]:.2f} | {shares[1]:.2f} |\n"
    return text


def _read(name: str) -> str:
    return (_ROOM / name).read_text(encoding="utf-8")
