"""Training and judging of ``prompt.gibberish``: suffixes on plain requests, against odd text."""

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from detectors.compiled import compiled
from detectors.injection.gibberish import (
    EIGHTH,
    FEATURES,
    LOW,
    PAIR_BITS,
    STEP,
    GibberishModel,
    pair_place,
    stretch_offsets,
)
from detectors.injection.letters import LETTERS
from detectors.text.column import TextColumn
from detectors.text.vocabulary import vocabulary
from training.injection.documents import Document, rows
from training.injection.noises import Noise
from training.injection.odd_texts import mistyped, odd_texts
from training.injection.results import Result
from training.injection.suffixes import mixture, strange_makers, suffix_makers
from training.injection.word_classes import word_classes

UNITS: Final = 32
DECAY: Final = 0.05
EPOCHS: Final = 30
DEAD: Final = 1e-6
"""Of weights."""
SUFFIXED: Final = 4_600
MIXED: Final = 400
"""Suffixes that mix the kinds."""
PLAIN: Final = 4_500
ODD: Final = 4_000
POSTS: Final = 400
ORDINARY: Final = 12_000_000
"""Characters of ordinary text whose pairs of words are kept."""
LONGEST: Final = 4_000
INSIDE: Final = 0.6
"""A stretch is a suffix's when so many of its words are."""
ATTACKS: Final = 0.001
"""The share of prompts with such suffixes that probabilities take for granted."""
MIXTURE: Final = "suffix of a mixture"
UNSEEN: Final = frozenset({
    "awesome_prompts", "arena", "mt_bench", "tweets", "odd formula", "odd script", "odd trace",
    "odd products", "odd keywords", "odd slang", "odd links",
})  # fmt: skip
"""Origins of harmless text that judging leaves out of training."""
_ALIKE: Final = frozenset({"halueval", "wrapped"})
"""Origins of many short plain requests: beside them odd ones would be rare."""
PROMPTS: Final = frozenset({"awesome_prompts", "arena", "mt_bench"})
"""Those of them that suffixes are put to."""
JUDGED: Final = 250
"""Suffixes of a kind that are judged."""


def gibberish_documents(data: Path, documents: Sequence[Document], seed: int) -> list[Document]:
    """Requests with suffixes, whose place is their span; requests without; odd texts.

    Parameters
    ----------
    data
        The folder of the public data.
    documents
        Prompts: those that are no attacks are requests.
    seed
        Of all that is drawn.
    """
    rng = random.Random(seed)
    plain = [
        d
        for d in documents
        if not d.attack and d.weight and d.origin not in _ALIKE and 20 < len(d.text) < LONGEST
    ]
    pasted = [row["text"] for row in rows(data / "bipia/data.jsonl.gz") if row["label"] == 0]
    chosen = rng.sample(plain, min(len(plain), PLAIN))
    return [
        *suffixed(plain, suffix_makers(data), SUFFIXED, rng),
        *mixed_suffixes(plain, suffix_makers(data), MIXED, rng),
        *chosen,
        *(Document(mistyped(d.text, rng), False, d.origin, d.group) for d in chosen[::6]),
        *(Document(text, False, "pasted", f"pasted-{n}") for n, text in enumerate(pasted)),
        *(Document(text, False, "tweets", f"tweet-{n}") for n, text in enumerate(_tweets(data))),
        *odd_texts(ODD, rng),
    ]


def suffixed(
    requests: Sequence[Document], makers: dict[str, Noise], count: int, rng: random.Random
) -> list[Document]:
    """Requests with suffixes, the makers taking turns; the origin names the maker."""
    made = []
    names = list(makers)
    for number in range(count):
        name = names[number % len(names)]
        request = rng.choice(requests)
        glue = rng.choice([" ", " ", "\n", ""])
        text = request.text + glue + makers[name](rng)
        span = (len(request.text), len(text))
        made.append(Document(text, True, f"suffix of {name}", request.group, span))
    return made


def mixed_suffixes(
    requests: Sequence[Document], makers: dict[str, Noise], count: int, rng: random.Random
) -> list[Document]:
    """Requests with suffixes of several makers; the kind names these."""
    made = []
    for _ in range(count):
        request, (suffix, names) = rng.choice(requests), mixture(makers, rng)
        text = request.text + rng.choice([" ", " ", "\n", ""]) + suffix
        span = (len(request.text), len(text))
        kind = ", ".join(names)
        made.append(Document(text, True, MIXTURE, request.group, span, kind=kind))
    return made


def without_network(ordinary: Sequence[str], seed: int = 0) -> GibberishModel:
    """A model that has its tables, from ordinary texts, and no network yet."""
    classes, likelihoods = word_classes(ordinary, seed)
    return GibberishModel(
        pairs=_pairs(ordinary),
        letters=_letters(),
        classes=classes,
        likelihoods=likelihoods,
        hidden=np.zeros((FEATURES, UNITS), np.float32),
        hidden_bias=np.zeros(UNITS, np.float32),
        output=np.zeros(UNITS + 1, np.float32),
        calibration=np.array([1.0, 0.0, 0.0, 0.0]),
    )


def fit_gibberish(
    documents: Sequence[Document], blank: GibberishModel, seed: int = 0
) -> GibberishModel:
    """The model, from documents with the suffixes' places and a model that has its tables."""
    column = TextColumn([document.text for document in documents])
    offsets = stretch_offsets(column.words.offsets)
    form, marked = blank.forms(column, offsets), _marks(column, documents, offsets)
    used = marked >= 0
    scale = form[used].std(axis=0) + np.float32(1e-3)
    network: Any = MLPClassifier((UNITS,), alpha=DECAY, max_iter=EPOCHS, random_state=seed)
    network.fit(form[used] / scale, marked[used])
    # Decay leaves dead units, and weights so small that processors are slow with them.
    alive = np.abs(network.coefs_[1][:, 0]) > DEAD
    hidden = network.coefs_[0][:, alive] / scale[:, None]
    fitted = replace(
        blank,
        # Files hold rows one after the other.
        hidden=np.where(np.abs(hidden) > DEAD, hidden, 0).astype(np.float32, order="C"),
        hidden_bias=network.intercepts_[0][alive].astype(np.float32),
        output=np.append(network.coefs_[1][alive], network.intercepts_[1]).astype(np.float32),
    )
    pooled, known = fitted.pooled(column)
    labels = np.array([document.attack for document in documents])[known]
    share = labels.mean()
    loud = np.where(labels, ATTACKS / share, (1 - ATTACKS) / (1 - share))
    platt = LogisticRegression(C=1.0).fit(pooled[known], labels, sample_weight=loud)
    return replace(fitted, calibration=np.append(platt.coef_, platt.intercept_))


def without_unseen(documents: Sequence[Document]) -> list[Document]:
    """The documents that share nothing with harmless ones of the origins :data:`UNSEEN`."""
    unseen = {d.group for d in documents if not d.attack and d.origin in UNSEEN}
    return [d for d in documents if d.group not in unseen]


def judge_gibberish(
    data: Path, documents: Sequence[Document], blank: GibberishModel, model: GibberishModel
) -> list[Result]:
    """On requests and harmless texts of unseen origins: every kind of suffix, seen or left out.

    ``model`` is fitted to what :func:`without_unseen` leaves.
    """
    harmless = [d for d in documents if not d.attack and d.origin in UNSEEN]
    seen = without_unseen(documents)
    requests = [d for d in harmless if d.origin in PROMPTS and len(d.text) > 20]
    makers = suffix_makers(data)
    judged = suffixed(requests, makers, JUDGED * len(makers), random.Random(9))
    judged += mixed_suffixes(requests, makers, JUDGED, random.Random(10))
    results = []
    for name in makers:
        origin = f"suffix of {name}"
        attacks = [d for d in judged if d.origin == origin]
        others = [d for d in seen if d.origin != origin and name not in d.kind.split(", ")]
        without = fit_gibberish(others, blank)
        for told, by in (("", model), (", that kind unseen too", without)):
            texts = [*attacks, *harmless]
            scores = by.probabilities(TextColumn([d.text for d in texts]))
            labels = np.array([d.attack for d in texts])
            title = f"{origin}, requests and harmless origins unseen{told}"
            results.append(Result(title, labels, {"Tidewatch": scores}))
    strange = strange_makers()
    judged += suffixed(requests, strange, JUDGED * len(strange), random.Random(11))
    titles = {MIXTURE: f"{MIXTURE}, requests and harmless origins unseen"}
    for name in strange:
        titles[f"suffix of {name}"] = f"suffix of {name}, in no training, requests unseen too"
    for origin, title in titles.items():
        texts = [*(d for d in judged if d.origin == origin), *harmless]
        scores = model.probabilities(TextColumn([d.text for d in texts]))
        labels = np.array([d.attack for d in texts])
        results.append(Result(title, labels, {"Tidewatch": scores}))
    return results


def ordinary_texts(data: Path) -> list[str]:
    """Texts whose pairs of words count as ordinary, none of those that are judged."""
    found = [row["answer"] for row in rows(data / "arena_bench/answers.jsonl.gz")[::2]]
    found += [row["text"] for row in rows(data / "wiki_talk_cat/data.jsonl.gz")[::2]]
    found += [row["text"] for row in rows(data / "hh_rlhf_harmless/data.jsonl.gz")[::2]]
    found += [row["text"] for row in rows(data / "bipia/data.jsonl.gz") if row["label"] == 0]
    kept, characters = [], 0
    for text in found:
        kept.append(text[:LONGEST])
        characters += len(kept[-1])
        if characters > ORDINARY:
            break
    return kept


def _tweets(data: Path) -> list[str]:
    with (data / "davidson/labeled_data.csv").open(encoding="utf-8", newline="") as file:
        found = [row["tweet"] for row in csv.DictReader(file)]
    return found[:: len(found) // POSTS]


def _pairs(texts: Sequence[str]) -> NDArray[np.uint8]:
    words = TextColumn(texts).words
    return _pair_table(words.hashes, words.offsets)


def _letters() -> NDArray[np.float32]:
    """Log probabilities of letters after letters, in the vocabulary's words."""
    counts = np.ones((LETTERS, LETTERS))
    for word in vocabulary().words[:15_000]:
        if word.isascii() and word.isalpha():
            places = [LETTERS - 1, *(ord(c) - ord("a") for c in word), LETTERS - 1]
            for one, other in pairwise(places):
                counts[one, other] += 1
    likelihoods: NDArray[np.float32] = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(
        np.float32
    )
    return likelihoods


def _marks(
    column: TextColumn, documents: Sequence[Document], offsets: NDArray[np.int64]
) -> NDArray[np.int8]:
    """1 for stretches that lie in a suffix for the most part, 0 for those outside, else -1."""
    marked = np.zeros(int(offsets[-1]), np.int8)
    words = column.words
    for number, document in enumerate(documents):
        if not document.attack or document.span is None:
            continue
        start = column.buffer.starts[number] + len(document.text[: document.span[0]].encode())
        begin, end = words.offsets[number], words.offsets[number + 1]
        for stretch in range(offsets[number], offsets[number + 1]):
            first = begin + STEP * (stretch - offsets[number])
            share = (words.starts[first : min(first + 2 * STEP, end)] >= start).mean()
            marked[stretch] = 1 if share >= INSIDE else 0 if share == 0 else -1
    return marked


@compiled
def _pair_table(hashes: NDArray[np.uint64], offsets: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The table of the pairs of words that texts hold."""
    pairs = np.zeros(1 << (PAIR_BITS - 3), np.uint8)
    for text in range(len(offsets) - 1):
        for word in range(offsets[text], offsets[text + 1] - 1):
            place = pair_place(hashes[word], hashes[word + 1])
            pairs[place >> EIGHTH] |= np.uint8(1) << np.uint8(place & LOW)
    return pairs
