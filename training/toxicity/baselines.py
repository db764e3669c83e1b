"""What the model must beat: a plain classifier of words, and a list of swear words."""

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from training.toxicity.documents import OPEN, Document, label_array, profanity_rows
from training.toxicity.examples import HEAD_CHARACTERS
from training.toxicity.fragments import FRAGMENT

_FEATURES: Final = 1 << 17
_AROUND: Final = ".,;:!?\"'()[]"


def tfidf_unseen(documents: list[Document], folds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Toxicity by a logistic regression over tf-idf of words, trained on the other folds."""
    counted = HashingVectorizer(n_features=_FEATURES, alternate_sign=False, norm=None).transform(
        document.text[:HEAD_CHARACTERS] for document in documents
    )
    labels = label_array(documents)[:, 0]
    # Fragments make it worse.
    whole = np.array([document.note != FRAGMENT for document in documents])
    chances = np.zeros(len(documents))
    for fold in np.unique(folds):
        seen = (folds != fold) & (labels != OPEN) & whole
        weights = TfidfTransformer(sublinear_tf=True).fit(counted[seen])
        model = LogisticRegression(C=3.0, solver="liblinear", tol=1e-2, random_state=0)
        model.fit(weights.transform(counted[seen]), labels[seen])
        unseen = folds == fold
        chances[unseen] = model.predict_proba(weights.transform(counted[unseen]))[:, 1]
    return chances


def profanity_list(texts: list[str], data: Path) -> NDArray[np.float64]:
    """The largest severity, as a share of the worst, of the profanity data set's words in a text."""
    severities = {row["text"].lower(): float(row["severity"]) / 3 for row in profanity_rows(data)}
    return np.array([_worst(text.lower(), severities) for text in texts])


def _worst(text: str, severities: dict[str, float]) -> float:
    words = [word.strip(_AROUND) for word in text.split()]
    pairs = (" ".join(pair) for pair in pairwise(words))
    return max((severities.get(term, 0.0) for term in (*words, *pairs)), default=0.0)
