"""Judging on what was left out: scores of models that saw nothing of a source, and of baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import word_vectors
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.model import calibrated
from training.toxicity.baselines import profanity_list, tfidf_unseen
from training.toxicity.calibration import LABELLED, Unseen, calibrate, folds_of, score_unseen
from training.toxicity.documents import (
    OPEN,
    Document,
    documents_of,
    label_array,
    profane_words,
)
from training.toxicity.examples import Disguises, Examples, disguises_of, examples_of
from training.toxicity.fragments import FRAGMENT, fragments_of
from training.toxicity.words import disguisable, with_loose_labels

PROMPTS: Final = ("clinc150", "halueval", "mt_bench", "awesome_prompts")
"""Sources of ordinary prompts and answers."""
JUDGED: Final = tuple(source for source in LABELLED if source != "edos")
"""Sources with both labels."""
MIXED: Final = "surge_toxicity among other prompts, 1 in 10 toxic"
TFIDF: Final = "tf-idf, logistic regression"
SWEARING: Final = "list of swear words"
"""Names of the baselines."""
_MIXED_PROMPTS: Final = 4500


@dataclass(frozen=True)
class Corpus:
    """All documents, the dictionary of disguises, and what a model reads."""

    documents: list[Document]
    disguises: Disguises
    examples: Examples


@dataclass(frozen=True)
class Judged:
    """Documents, and probabilities by head of models that saw nothing of their source.

    Attributes
    ----------
    documents, sources, labels
        The documents; where they are from; their labels, a column a head.
    unseen
        Log odds, before calibration.
    chances
        Probabilities, a column a head; not a number for documents without words.
    baselines
        Scores for toxicity in general, trained without the document's source as well.
    """

    documents: list[Document]
    sources: NDArray[np.str_]
    labels: NDArray[np.int8]
    unseen: Unseen
    chances: NDArray[np.float64]
    baselines: Mapping[str, NDArray[np.float64]]

    def of(self, source: str, head: int = 0) -> NDArray[np.intp]:
        """A source's whole documents whose label is known and that have words."""
        usable = (self.labels[:, head] != OPEN) & (self.unseen.words > 0)
        usable &= np.array([document.note != FRAGMENT for document in self.documents])
        return np.flatnonzero((self.sources == source) & usable)

    def prompts(self) -> NDArray[np.intp]:
        """Ordinary prompts and answers."""
        return np.concatenate([self.of(source) for source in PROMPTS])

    def groups(self) -> dict[str, NDArray[np.intp]]:
        """What toxicity in general is judged by: toxic prompts among ordinary ones, every source."""
        rng = np.random.default_rng(0)
        prompts = rng.choice(self.prompts(), _MIXED_PROMPTS, replace=False)
        mixed = np.concatenate([self.of("surge_toxicity"), prompts])
        return {MIXED: mixed} | {source: self.of(source) for source in JUDGED}


def corpus_of(data: Path) -> Corpus:
    """Read all data sets as they are trained on."""
    whole = documents_of(data)
    documents = with_loose_labels([*whole, *fragments_of(whole)])
    rows = {word: row for row, word in enumerate(vocabulary().words)}
    disguises = disguises_of(disguisable(profane_words(data)), rows)
    texts = [document.text for document in documents]
    return Corpus(documents, disguises, examples_of(texts, disguises, len(rows)))


def judge_left_out(data: Path) -> Judged:
    """Train without every source in turn, and score it; takes minutes."""
    corpus = corpus_of(data)
    unseen = score_unseen(corpus.documents, corpus.examples, word_vectors())
    return judge(corpus.documents, unseen, data)


def judge(documents: list[Document], unseen: Unseen, data: Path) -> Judged:
    """Probabilities whose calibration, too, has left the source out; and baselines."""
    sources = np.array([document.source for document in documents])
    chances = np.full((len(documents), len(HEADS)), np.nan)
    everywhere = calibrate(documents, unseen)
    for source in sorted(set(sources)):
        mine = sources == source
        calibration = everywhere
        if source in LABELLED:
            others = [d for d, own in zip(documents, mine, strict=True) if not own]
            calibration = calibrate(
                others, Unseen(*(values[~mine] for values in vars(unseen).values()))
            )
        mine &= unseen.words > 0
        chances[mine] = calibrated(calibration, unseen.both[mine], unseen.words[mine])
    swearing = np.full(len(documents), np.nan)
    shown = np.flatnonzero(np.isin(sources, JUDGED + PROMPTS))
    swearing[shown] = profanity_list([documents[place].text for place in shown], data)
    baselines = {
        TFIDF: tfidf_unseen(documents, folds_of(documents)),
        SWEARING: swearing,
    }
    return Judged(documents, sources, label_array(documents), unseen, chances, baselines)
