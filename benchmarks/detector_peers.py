"""Peers that install from PyPI and work without downloading a model: the extra ``bench``.

Every peer is used as its own documentation shows, with its defaults, one text at a time where it
has no call for many.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.detector_task import Method, Scores, microseconds
from training.measures import Kind

Texts = Sequence[str]


@dataclass(frozen=True)
class Peer:
    """A package, the kind of its scores, and how to make the function that scores texts."""

    package: str
    kind: Kind
    load: Callable[[], Callable[[Texts], Scores]]
    most: int = 100_000
    """Slow peers judge a sample of so many rows."""

    @property
    def name(self) -> str:
        """The package with its version."""
        return f"{self.package} {version(self.package)}"

    def method(self, texts: Texts) -> Method:
        """Score the texts, and time it."""
        function = self.load()
        rows = None
        if len(texts) > self.most:
            rows = np.random.default_rng(0).permutation(len(texts))[: self.most]
            texts = [texts[row] for row in rows]
        return Method(
            self.name, self.kind, function(texts), microseconds(function, texts[:100]), rows
        )


def installed(peers: Sequence[Peer]) -> list[Peer]:
    """Those of the peers that are installed."""
    found = []
    for peer in peers:
        try:
            version(peer.package)
        except PackageNotFoundError:
            continue
        found.append(peer)
    return found


def missing(peers: Sequence[Peer]) -> list[str]:
    """The packages that are not: ``pip install 'tidewatch[bench]'`` installs them."""
    there = installed(peers)
    return [peer.package for peer in peers if peer not in there]


def _one_by_one(score: Callable[[str], float]) -> Callable[[Texts], Scores]:
    return lambda texts: np.array([score(text) for text in texts], np.float64)


def _alt_profanity_check() -> Callable[[Texts], Scores]:
    predict: Any = importlib.import_module("profanity_check").predict_prob
    return lambda texts: np.asarray(predict(list(texts)), np.float64)


def _better_profanity() -> Callable[[Texts], Scores]:
    profanity: Any = importlib.import_module("better_profanity").profanity
    profanity.load_censor_words()
    return _one_by_one(profanity.contains_profanity)


def _vader() -> Callable[[Texts], Scores]:
    module: Any = importlib.import_module("vaderSentiment.vaderSentiment")
    analyzer = module.SentimentIntensityAnalyzer()
    return _one_by_one(lambda text: (1 - analyzer.polarity_scores(text)["compound"]) / 2)


def _picket() -> Callable[[Texts], Scores]:
    detector: Any = importlib.import_module("aicordon.picket").load()
    return _one_by_one(lambda text: detector.check(text).flagged)


def _prompt_shield() -> Callable[[Texts], Scores]:
    scanner: Any = importlib.import_module("prompt_shield").PromptScanner()
    return _one_by_one(lambda text: scanner.scan(text).risk_score)


def _nostril() -> Callable[[Texts], Scores]:
    nonsense: Any = importlib.import_module("nostril_detector").nonsense

    def share(text: str) -> float:
        """Nostril judges single strings of six letters or more."""
        words = [word for word in re.findall("[A-Za-z]+", text) if len(word) >= 6]
        return sum(map(nonsense, words)) / len(words) if words else 0.0

    return _one_by_one(share)


def _random_string() -> Callable[[Texts], Scores]:
    module: Any = importlib.import_module("random_string_detector")
    detector = module.RandomStringDetector()
    return _one_by_one(lambda text: sum(map(detector, words := text.split())) / max(len(words), 1))


def rouge() -> Callable[[Sequence[tuple[str, str]]], Scores]:
    """Of pairs of source and answer: how much of the answer is not in its longest common part."""
    module: Any = importlib.import_module("rouge_score.rouge_scorer")
    scorer = module.RougeScorer(["rougeL"], use_stemmer=True)
    return lambda pairs: np.array(
        [1 - scorer.score(source, answer)["rougeL"].precision for source, answer in pairs]
    )


TOXICITY = (
    Peer("alt-profanity-check", "probability", _alt_profanity_check),
    Peer("better-profanity", "flag", _better_profanity, most=300),
    Peer("vaderSentiment", "score", _vader),
)
INJECTION = (
    Peer("aicordon", "flag", _picket, most=1200),
    Peer("ai-injection-guard", "score", _prompt_shield),
)
GIBBERISH = (
    Peer("nostril-detector", "score", _nostril),
    Peer("random-string-detector", "score", _random_string),
)
