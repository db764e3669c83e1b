"""What is judged: a set of labelled rows from one source, and methods that score them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import process_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.page import Results
from training.measures import KNOWN, MEASURES, Kind, measured

Scores = NDArray[np.float64]
TIMED: Final = 2000
"""Most texts that a method is timed with."""
_ENOUGH: Final = 0.3
_LEAST: Final = 15
"""Positives, and others, without which figures mean nothing."""


@dataclass(frozen=True)
class Method:
    """Scores of one method, of which kind they are, and its processor time a text in µs.

    ``rows`` are those of the task that it has scored; all where it is None.
    """

    name: str
    kind: Kind
    scores: Scores
    microseconds: float | None = None
    rows: NDArray[np.intp] | None = None


@dataclass(frozen=True)
class Task:
    """Rows of one source, their labels, and what methods make of them."""

    source: str
    labels: NDArray[np.bool_]
    methods: list[Method] = field(default_factory=list)

    def table(self) -> Iterator[list[str]]:
        """A row of the page's table for every method that has positives and others enough."""
        for method in self.methods:
            labels = self.labels if method.rows is None else self.labels[method.rows]
            if min(labels.sum(), (~labels).sum()) < _LEAST:
                continue
            cells = [
                str(interval) if known else ""
                for interval, known in zip(
                    measured(labels, method.scores), KNOWN[method.kind], strict=True
                )
            ]
            name = f"**{method.name}**" if method.name == OURS else method.name
            sizes = f"{int(labels.sum()):,} + {int((~labels).sum()):,}"
            yield [self.source, sizes, name, *cells, _rounded(method.microseconds)]


@dataclass(frozen=True)
class Part:
    """A detector's part of the page: a title, what was judged on, and the tasks."""

    title: str
    note: str
    tasks: list[Task]
    more: tuple[Results, ...] = ()

    def results(self) -> list[Results]:
        """As tables."""
        rows = [row for task in self.tasks for row in task.table()]
        return [Results(self.title, COLUMNS, rows, self.note), *self.more]


OURS: Final = "Tidewatch"
COLUMNS: Final = ("left out", "positives + others", "method", *MEASURES, "µs a text")


def microseconds(function: Callable[[Sequence[Any]], Any], texts: Sequence[Any]) -> float:
    """Processor time a text: the best of as many passes as a third of a second holds."""
    some = texts[:TIMED]
    function(some[:50])
    best, spent = float("inf"), 0.0
    while spent < _ENOUGH:
        begun = process_time()
        function(some)
        taken = max(process_time() - begun, 1e-9)
        best, spent = min(best, taken), spent + taken
    return best / len(some) * 1e6


def tfidf_microseconds(texts: Sequence[str], labels: NDArray[np.bool_]) -> float:
    """The time of a logistic regression over tf-idf of words, fitted to these texts for that."""
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True), LogisticRegression(solver="liblinear", tol=0.1)
    )
    model.fit(texts, labels)
    return microseconds(model.predict_proba, texts)


def lengths(texts: Sequence[str]) -> Scores:
    """The number of characters: what any detector must beat."""
    return np.array([len(text) for text in texts], np.float64)


def _rounded(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
