"""Fitting the tagger of names, and the file that is shipped."""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from detectors.privacy.given_names import AMBIGUOUS_NAMES
from detectors.privacy.name_features import SLOTS
from detectors.text.vocabulary import vocabulary
from training.privacy.name_corpus import (
    Labelled,
    own_sentences,
    presidio_sentences,
    read_by_rules,
)
from training.privacy.name_words import candidates
from training.texts import texts_of

SOURCES: Final = (
    "halueval", "arena_bench", "wiki_talk_cat", "coconot", "awesome_prompts", "mt_bench",
    "gptfuzz_responses", "summedits", "wice", "diasafety", "clinc150", "hh_rlhf_harmless",
    "self_instruct_seed", "q2_wow", "faithdial_audit", "bipia",
)  # fmt: skip
"""The public data sets whose texts are read; half of the texts are left for judging."""

_SEED: Final = 20
_EACH: Final = 40
_AGAIN: Final = 3
_TEXTS: Final = 6000
_LONGEST: Final = 3000
_SHORTEST: Final = 20
_C: Final = 0.3
_ODDS: Final = 4
"""Nouns of other languages, months and products pass for names by even odds."""
_ODDS_IN_ENGLISH: Final = 2
_LORE: Final = ("de_AT", "fr_FR", "it_IT", "es_AR", "nl_BE", "da_DK", "pl_PL", "cs_CZ")
_WORDS: Final = slice(300, 12_000)
_OF_EACH: Final = 3000
_MOST: Final = 127
_KEPT: Final = 5
_WEIGHTS: Final = (1.0, 0.5, 1.5)
"""Of our sentences, of presidio-research's, and of public texts."""

Sample = tuple[NDArray[np.int32], NDArray[np.int8]]
"""Features of words, and whether each is part of a name; -1 where nobody knows."""


def tagger(data: Path) -> bytes:
    """The weights as a file of safetensors."""
    parts = (
        own_sentences(_EACH, _words(), _SEED),
        presidio_sentences(data / "presidio_pii" / "data.jsonl", _AGAIN, _SEED),
        read_by_rules(list(_public(data))),
    )
    samples = [
        sample(list(part), doubted=public)
        for part, public in zip(parts, (False, False, True), strict=True)
    ]
    slots = np.concatenate([slots for slots, _ in samples])
    named = np.concatenate([named for _, named in samples])
    weight = np.concatenate(
        [np.full(len(named), w) for (_, named), w in zip(samples, _WEIGHTS, strict=True)]
    )
    known = named >= 0
    model = LogisticRegression(C=_C, solver="liblinear", tol=1e-3, max_iter=200)
    model.fit(_rows(slots[known]), named[known], sample_weight=weight[known])
    bias = float(model.intercept_[0])
    unit = float(np.abs(model.coef_).max()) / _MOST
    least = np.ceil((np.log([_ODDS, _ODDS_IN_ENGLISH]) - bias) / unit)
    return save(
        {
            "weights": np.round(model.coef_[0] / unit).astype(np.int8),
            "scale": np.array([bias, unit, *least]),
        }
    )


def is_judged(text: str) -> bool:
    """Whether a public text is left out of training, to count false alarms in."""
    return bool(blake2b(text.encode("utf-8", "replace"), digest_size=1).digest()[0] & 1)


def sample(texts: Sequence[Labelled], *, doubted: bool) -> Sample:
    """The candidates of texts, and which of them are names.

    Where rules have read the texts, they have found few of the names that are also words: most
    of these are then left out (``doubted``).
    """
    words = candidates([text for text, _, _ in texts])
    named = np.zeros(len(words.rows), np.int8)
    places = zip(words.rows.tolist(), words.starts.tolist(), words.ends.tolist(), strict=True)
    for place, (row, start, end) in enumerate(places):
        text, names, unsure = texts[row]
        if names or unsure:
            at = len(text.encode()[:start].decode())
            named[place] = 1 if _within(at, names) else -1 if _within(at, unsure) else 0
        if doubted and place % _KEPT and named[place] == 0:
            word = text.encode()[start:end].decode().lower()
            named[place] = -1 if word in AMBIGUOUS_NAMES else 0
    return words.slots, named


def _within(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(begin <= at < end for begin, end in spans)


def _rows(slots: NDArray[np.int32]) -> csr_matrix:
    count, width = slots.shape
    places = np.arange(0, count * width + 1, width)
    rows = csr_matrix(
        (np.ones(count * width, np.float32), slots.ravel(), places), shape=(count, SLOTS)
    )
    rows.sum_duplicates()
    return rows


def _public(data: Path) -> Iterator[str]:
    rng = Random(_SEED)
    for source in SOURCES:
        texts = [
            text
            for text in dict.fromkeys(texts_of(data / source))
            if len(text) > _SHORTEST and not is_judged(text)
        ]
        rng.shuffle(texts)
        yield from (text[:_LONGEST] for text in texts[:_TEXTS])


def _words() -> list[str]:
    """Words with a capital that are no names: of the vocabulary, and of eight languages."""
    words = [
        word.title() for word in vocabulary().words[_WORDS] if len(word) > 3 and word.isalpha()
    ]
    for language in _LORE:
        lore = importlib.import_module(f"faker.providers.lorem.{language}").Provider.word_list
        some = [word.title() for word in lore if len(word) > 2]
        words += (some * (_OF_EACH // len(some) + 1))[:_OF_EACH]
    return words
