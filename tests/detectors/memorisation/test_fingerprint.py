"""Near-duplicates share a fingerprint; other texts share one by chance only."""

import random
from collections import Counter

import numpy as np

from detectors.memorisation.fingerprint import BUCKETS, LEAST_WORDS, fingerprints
from detectors.summaries import CategoryCounts
from detectors.text.buffer import buffer_of
from detectors.text.words import words_of

RNG = random.Random(4)
WORDS = [f"word{n}" for n in range(5_000)]


def buckets(texts: list[str | None]) -> np.ndarray:
    return fingerprints(words_of(buffer_of(texts)))


def sentence(words: int) -> list[str]:
    return RNG.choices(WORDS, k=words)


def test_unrelated_texts_spread_evenly() -> None:
    found = Counter(buckets([" ".join(sentence(60)) for _ in range(6_400)]).tolist())
    assert len(found) == BUCKETS
    expected = 6_400 / BUCKETS
    chi_square = sum((count - expected) ** 2 / expected for count in found.values())
    assert chi_square < 120  # 63 degrees of freedom: exceeded once in 30,000


def test_the_same_answer_to_many_users_stands_out() -> None:
    """As a window sees it: panes of answers, of which a twentieth is one answer with a new name."""
    answer = sentence(80)
    window = CategoryCounts.empty()
    for _ in range(10):
        texts = [" ".join(sentence(60)) for _ in range(190)]
        texts += [" ".join(["Dear", f"name{RNG.random()}", *answer]) for _ in range(10)]
        window = window.merge(CategoryCounts.empty().observe([f"{b:02}" for b in buckets(texts)]))
    (_, first), (_, second) = Counter(window.counts).most_common(2)
    assert window.other == 0
    assert first > 100
    assert second < 60


def test_similarity_is_the_probability() -> None:
    same = []
    for _ in range(600):
        words = sentence(102)
        changed = [*words[:51], "other", *words[52:]]  # 97 of 103 3-grams are in both
        pair = buckets([" ".join(words), " ".join(changed)])
        same.append(pair[0] == pair[1])
    assert abs(np.mean(same) - 97 / 103) < 0.04


def test_short_or_absent_texts_have_none() -> None:
    assert buckets([None, "", " ".join(sentence(LEAST_WORDS - 1))]).tolist() == [-1, -1, -1]
    assert buckets([" ".join(sentence(LEAST_WORDS))])[0] >= 0
