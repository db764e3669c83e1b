"""The card of the model: figures by left-out data set, calibration, thresholds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from training.hallucination import judging
from training.hallucination.corpora import Example
from training.hallucination.judging import Judged, auroc, interval

CARD: Final = Path(__file__).parents[2] / "docs" / "models" / "hallucination.md"
THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def write_card(examples: Mapping[str, list[Example]], judged: Mapping[str, Judged]) -> None:
    """Write the page."""
    here = Path(__file__).parent
    parts = [
        (here / "card_head.md").read_text("utf-8"),
        *_figures(examples, judged),
        *_high_overlap(judged),
        *_calibration(judged),
        *_thresholds(judged),
        (here / "card_tail.md").read_text("utf-8"),
    ]
    CARD.parent.mkdir(parents=True, exist_ok=True)
    CARD.write_text("\n".join(parts), "utf-8")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _figures(examples: Mapping[str, list[Example]], judged: Mapping[str, Judged]) -> list[str]:
    columns = {
        "average precision": judging.average_precision,
        "balanced accuracy": judging.balanced_accuracy,
        "recall at 1 % false alarms": judging.recall_at_one_percent,
        "ECE": judging.calibration_error,
    }
    rows = []
    baselines = []
    for name, found in judged.items():
        labels, scores = found.labels, found.probabilities
        rows.append(
            [name, str(len(labels)), interval(auroc, labels, scores)]
            + [interval(measure, labels, scores) for measure in columns.values()]
        )
        length = np.array([len(example.answer) for example in examples[name]], np.float64)
        every = np.array([example.label for example in examples[name]], np.float64)
        baselines.append([
            name,
            f"{auroc(labels, scores):.3f}",
            f"{auroc(labels, 1 - found.overlap):.3f}",
            f"{auroc(every, 1 - _tfidf(examples[name])):.3f}",
            f"{auroc(every, length):.3f}",
        ])  # fmt: skip
    return [
        _table(["left out", "answers", "AUROC", *columns], rows),
        "AUROC beside simpler scores, and of length alone:\n",
        _table(["left out", "model", "overlap", "tf-idf", "length"], baselines),
    ]


def _tfidf(examples: list[Example]) -> NDArray[np.float64]:
    answers = [example.answer for example in examples]
    sources = [example.source for example in examples]
    vectors = TfidfVectorizer().fit(sources + answers)
    one, two = vectors.transform(answers), vectors.transform(sources)
    return np.asarray(one.multiply(two).sum(axis=1)).ravel()


def _high_overlap(judged: Mapping[str, Judged]) -> list[str]:
    rows = []
    for name, found in judged.items():
        high = found.at(found.overlap > judging.HIGH_OVERLAP)
        rows.append([
            name,
            str(len(high.labels)),
            interval(auroc, high.labels, high.probabilities),
            interval(auroc, high.labels, 1 - high.overlap),
        ])  # fmt: skip
    title = "Answers of whose words the source has more than 70 %:\n"
    return [title, _table(["left out", "answers", "model", "overlap"], rows)]


def _calibration(judged: Mapping[str, Judged]) -> list[str]:
    scores = np.concatenate([found.probabilities for found in judged.values()])
    labels = np.concatenate([found.labels for found in judged.values()])
    place = np.minimum((scores * judging.BINS).astype(int), judging.BINS - 1)
    rows = [
        [
            f"{b / judging.BINS:.1f}–{(b + 1) / judging.BINS:.1f}",
            str((place == b).sum()),
            f"{scores[place == b].mean():.2f}",
            f"{labels[place == b].mean():.2f}",
        ]
        for b in range(judging.BINS)
        if (place == b).any()
    ]
    title = f"\nCalibration over all left-out answers ({labels.mean():.0%} of them hallucinated):\n"
    return [title, _table(["score", "answers", "mean score", "hallucinated"], rows)]


def _thresholds(judged: Mapping[str, Judged]) -> list[str]:
    rows = []
    for threshold in THRESHOLDS:
        cells = [f"{threshold:.1f}"]
        for found in judged.values():
            flagged = found.probabilities >= threshold
            recall, alarm = (flagged[found.labels == label].mean() for label in (1, 0))
            cells.append(f"{recall:.0%} / {alarm:.0%}")
        rows.append(cells)
    title = "Recall / false alarms by threshold:\n"
    return [title, _table(["threshold", *judged], rows)]
