"""Fitting: out-of-fold scores weigh loose labels and make probabilities of what models say."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detectors.injection.cues import rules
from detectors.injection.documents import LANES
from detectors.injection.model import Head
from detectors.injection.prompts import PromptModel
from detectors.text.column import TextColumn
from training.injection import trainer
from training.injection.documents import Document
from training.injection.examples import Examples, examples_of
from training.injection.views import fit_view

FOLDS: Final = 3
HELD: Final = frozenset({"awesome_prompts", "arena", "mt_bench", "self_instruct"})
"""Origins of harmless prompts that calibrate."""
ALIKE: Final = frozenset({"coconot", "wrapped", "demands"})
"""Origins whose harmless requests look like harmful ones: some calibrate these, beside the others,
of which few ask how to do something."""
DOUBTED: Final = 0.12
"""Share of the attacks that others of their kind speak most against; they weigh little."""
DOUBTED_WEIGHT: Final = 0.1
SHARES: Final = {"attack": 0.1, "harmful_request": 0.03}
"""The shares of attacks, and of harmful requests, that probabilities take for granted."""
HARMFUL_UNITS: Final = 8
"""Hidden units for harmful requests; with those for attacks they fill a line of the cache."""

Prepare = Callable[[list[Document]], list[Document]]
Folds = NDArray[np.int64]


class OutOfFold(NamedTuple):
    """Prompts that the model by which they are judged has not seen, nor their like."""

    labels: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    weights: NDArray[np.float64]


def fit_context(documents: Sequence[Document], seed: int = 0) -> Head:
    """The head of contexts, with calibrated pooling.

    The documents are divided by their groups; what the other folds say of a document serves twice:
    the most doubtful tenth of the attacks loses weight (their labels are loose), and a logistic
    regression turns pooled scores into probabilities.
    """
    examples = examples_of(documents)
    folds = _folds([document.group for document in documents], seed)
    pooled = _out_of_fold(examples, folds, seed)
    attacks = examples.labels == 1
    doubted = attacks & (pooled[:, 0] < np.quantile(pooled[attacks, 0], DOUBTED))
    weights = np.where(doubted, DOUBTED_WEIGHT * examples.weights, examples.weights)
    weighed = replace(examples, weights=weights.astype(np.float32))
    pooling = _odds_weights(pooled, attacks, weights.astype(np.float64), SHARES["attack"])
    return replace(trainer.train(weighed, seed, noise=trainer.NOISE), pooling=pooling)


def fit_prompts(
    documents: Sequence[Document],
    prepare: Prepare,
    seed: int = 0,
) -> tuple[PromptModel, OutOfFold]:
    """The model of prompts, and what it is calibrated by.

    Calibration comes from a model that has not seen the origins :data:`HELD` and a third of the
    groups of attacks, since what is judged in production is of no origin that training has seen;
    that of harmful requests also has a third of the harmless requests of :data:`ALIKE`.

    Parameters
    ----------
    documents
        Prompts; those of weight 0 are left out.
    prepare
        Adds texts that are made of those it is given, for the head.
    """
    used = [document for document in documents if document.weight]
    groups = sorted({document.group for document in used if document.attack or document.harmful})
    alike = sorted({d.group for d in used if d.origin in ALIKE and not d.harmful})
    rng = random.Random(seed)
    held = set(rng.sample(groups, len(groups) // 3)) | set(rng.sample(alike, len(alike) // 3))
    judged = [d for d in used if d.origin in HELD or d.group in held]
    model = train_prompts(
        [d for d in used if d.origin not in HELD and d.group not in held], prepare
    )
    column = TextColumn([document.text for document in judged])
    found = model.evidence(column, rules().count(column.words))
    weights = np.array([document.weight for document in judged])
    attacks = np.array([document.attack for document in judged])
    harmful = np.array([document.harmful for document in judged])
    plain = np.array([d.origin not in ALIKE and not d.harmful for d in judged])
    calibration = [
        _odds_weights(found[plain, :1], attacks[plain], weights[plain], SHARES[LANES[0]]),
        _odds_weights(found[~attacks, 1:], harmful[~attacks], weights[~attacks], SHARES[LANES[1]]),
    ]
    odds = found[plain, 0] * calibration[0][0] + calibration[0][1]
    held_out = OutOfFold(attacks[plain], 1 / (1 + np.exp(-odds)), weights[plain])
    return replace(train_prompts(used, prepare, seed), calibration=np.stack(calibration)), held_out


def train_prompts(documents: Sequence[Document], prepare: Prepare, seed: int = 0) -> PromptModel:
    """A model of prompts that is not calibrated: its ranking alone is of use.

    Harmful requests are neither attacks nor the contrary, and attacks may hold such a request or
    not: neither lane of the head sees the other's.
    """
    attacks = trainer.train(examples_of(prepare([d for d in documents if not d.harmful])), seed)
    asked = [replace(d, attack=d.harmful, span=None) for d in documents if not d.attack]
    harmful = trainer.train(examples_of(asked), seed, HARMFUL_UNITS, trainer.NOISE)
    head = trainer.joined(attacks, harmful)
    return PromptModel(head, fit_view(documents, seed), np.tile([1.0, 0.0], (len(LANES), 1)))


def context_probabilities(head: Head, documents: Sequence[Document]) -> NDArray[np.float64]:
    """What the head says of documents."""
    examples = examples_of(documents)
    return head.probabilities(trainer.pooled_scores(head, examples), examples.offsets)


def _folds(keys: Sequence[str], seed: int) -> Folds:
    """A fold for every document, the same for those of one key; folds are about as large."""
    sizes = Counter(keys)
    order = sorted(sizes)
    np.random.default_rng(seed).shuffle(order)
    order.sort(key=lambda key: -sizes[key])
    filled = [0] * FOLDS
    place: dict[str, int] = {}
    for key in order:
        place[key] = filled.index(min(filled))
        filled[place[key]] += sizes[key]
    return np.array([place[key] for key in keys])


def _odds_weights(
    values: NDArray[np.float64],
    positives: NDArray[np.bool_],
    weights: NDArray[np.float64],
    granted: float,
) -> NDArray[np.float64]:
    """Weights and intercept of log odds, at the share of positives taken for granted."""
    regression = LogisticRegression(C=1.0, max_iter=1000)
    share = weights[positives].sum() / weights.sum()
    balanced = np.where(positives, granted / share, (1 - granted) / (1 - share)) * weights
    regression.fit(values, positives, sample_weight=balanced)
    return np.concatenate([regression.coef_[0], regression.intercept_])


def _out_of_fold(examples: Examples, folds: Folds, seed: int) -> NDArray[np.float64]:
    pooled = np.zeros((len(examples), 4))
    for fold in range(FOLDS):
        training = examples.take(np.flatnonzero(folds != fold))
        head = trainer.train(training, seed, noise=trainer.NOISE)
        held = np.flatnonzero(folds == fold)
        pooled[held] = trainer.pooled_scores(head, examples.take(held))
    return pooled
