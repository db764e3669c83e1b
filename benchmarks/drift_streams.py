"""Streams of embeddings whose topics change at a moment, for ``benchmarks/drift.py``."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detectors.drift.embedding import own_embeddings
from detectors.text.column import TextColumn

DATA = Path(__file__).parents[2] / "shared" / "data" / "clinc150"
MIXTURES = (0.05, 0.1, 0.25, 0.5, 1.0)
WARM = 100
"""Events before the change."""

REFERENCE = 1000
"""Texts."""


@dataclass(frozen=True)
class Plan:
    """How much is run. ``expected_run`` is in events."""

    expected_run: int
    null_streams: int
    null_length: int
    streams: int
    length: int
    bootstraps: int


QUICK = Plan(300, 24, 900, 12, 400, 500)
FULL = Plan(500, 60, 2500, 20, 1500, 2000)


@dataclass
class Streams:
    """The reference, and streams by mixture; 0 is the null. All share their first components."""

    reference: np.ndarray
    by_mixture: dict[float, np.ndarray]
    calibration: np.ndarray


def make_streams(plan: Plan, seed: int = 0) -> Streams:
    """Embeddings of drawn texts; the domain that comes in changes from stream to stream."""
    texts = json.loads((DATA / "data_full.json").read_text())
    domains = json.loads((DATA / "domains.json").read_text())
    domain_of = {intent: name for name, intents in domains.items() for intent in intents}
    rows = [(text, domain_of[i]) for part in ("train", "val", "test") for text, i in texts[part]]
    vectors = own_embeddings(TextColumn([text for text, _ in rows]).embeddings)
    of_domain = np.array([domain for _, domain in rows])
    random = np.random.default_rng(seed)
    target = "travel"
    inside = random.permutation(np.flatnonzero(of_domain != target))
    outside = np.flatnonzero(of_domain == target)
    reference, rest = inside[:REFERENCE], inside[REFERENCE:]

    def draw(streams: int, length: int, mixture: float) -> np.ndarray:
        found = []
        for _ in range(streams):
            before = random.choice(rest, WARM)
            new = random.random(length) < mixture
            after = np.where(new, random.choice(outside, length), random.choice(rest, length))
            found.append(vectors[np.concatenate((before, after))])
        return np.array(found)

    return Streams(
        vectors[reference],
        {0.0: draw(plan.null_streams, plan.null_length, 0.0)}
        | {mixture: draw(plan.streams, plan.length, mixture) for mixture in MIXTURES},
        draw(plan.null_streams, plan.null_length, 0.0),
    )
