"""Toxicity by source left out, beside baselines and peers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.detector_peers import TOXICITY, installed
from benchmarks.detector_task import (
    OURS,
    Method,
    Part,
    Task,
    lengths,
    microseconds,
    tfidf_microseconds,
)
from detectors.text.column import TextColumn
from detectors.toxicity.model import toxicity_model
from training.toxicity.baselines import profanity_list
from training.toxicity.documents import Document, documents_of
from training.toxicity.judging import SWEARING, TFIDF, Judged, judge_left_out

TITLE: Final = "Toxicity"
NOTE: Final = (
    "Models and calibration are trained without the source they are judged on "
    "(`training.toxicity`); the first rows have the toxic comments of Surge AI among 4,500 "
    "ordinary prompts. Sources: Surge AI's Toxicity Dataset (MIT), Davidson et al. 2017 (MIT), "
    "ToxiGen (Hartvigsen et al. 2022; MIT), HatemojiBuild (Kirk et al. 2022; CC-BY-4.0), "
    "Stormfront (de Gibert et al. 2018; CC-BY-SA-3.0 ES), Toxic Spans (Pavlopoulos et al. 2021; "
    "CC0), Wikipedia talk (CAT, Pavlopoulos et al. 2020; CC-BY-SA), DiaSafety (Sun et al. 2022; "
    "Apache-2.0), prompts of CLINC150 (CC-BY-3.0), HaluEval (MIT), MT-Bench (Apache-2.0) and "
    "prompts.chat (CC0). Davidson's tweets were collected by swear words; HatemojiBuild was "
    "written to mislead models; DiaSafety's replies need their contexts. alt-profanity-check was"
    " trained on Davidson's tweets among others, and better-profanity, being slow, judges 300 "
    "texts of each source."
)


def toxicity(data: Path, *, quick: bool) -> Part:
    """Judge on every source; in a quick run by the shipped model, which has seen them."""
    if quick:
        documents = [d for d in documents_of(data) if d.source in ("surge_toxicity", "toxigen")]
        return Part(TITLE, "A quick run: the shipped model on sources that it has seen.", [
            _shipped(documents[::2]),
        ])  # fmt: skip
    judged = judge_left_out(data)
    return Part(
        TITLE, NOTE, [_task(judged, name, rows, data) for name, rows in judged.groups().items()]
    )


def _task(judged: Judged, name: str, rows: NDArray[np.intp], data: Path) -> Task:
    texts = [judged.documents[row].text for row in rows]
    labels = judged.labels[rows, 0] == 1
    tfidf, swearing = judged.baselines[TFIDF][rows], judged.baselines[SWEARING][rows]
    methods = [
        Method(OURS, "probability", judged.chances[rows, 0], _microseconds(texts)),
        Method(TFIDF, "probability", tfidf, tfidf_microseconds(texts, labels)),
        Method(
            SWEARING,
            "score",
            swearing,
            microseconds(lambda some: profanity_list(list(some), data), texts),
        ),
        Method("length", "score", lengths(texts)),
    ]
    return Task(name, labels, [*methods, *(peer.method(texts) for peer in installed(TOXICITY))])


def _shipped(documents: Sequence[Document]) -> Task:
    texts = [document.text for document in documents]
    labels = np.array([document.labels[0] == 1 for document in documents])
    chances = toxicity_model().probabilities(TextColumn(texts))[:, 0]
    return Task(
        "surge_toxicity and toxigen",
        labels,
        [Method(OURS, "probability", np.nan_to_num(chances), _microseconds(texts))],
    )


def _microseconds(texts: Sequence[str]) -> float:
    """Of the model, with the reading of words and sentences."""
    model = toxicity_model()
    return microseconds(lambda some: model.probabilities(TextColumn(list(some))), texts)
