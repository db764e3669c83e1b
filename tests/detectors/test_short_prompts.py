"""Short everyday prompts, and truly bad ones as short: what flags the ones finds the others.

``short_prompts.txt`` is by the hands that wrote the training sentences, and none of it is among
these. About half of it was not looked at while the models were chosen.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.injection.prompts import prompt_model
from detectors.text.column import TextColumn
from detectors.toxicity.model import toxicity_model
from training.injection.prompts import phrases
from training.toxicity.documents import own_sentences

FILE: Final = Path(__file__).parent / "short_prompts.txt"
ATTACKS: Final = "injection"
REQUESTS: Final = "harmful request"
FOUND: Final = {
    "harassment": 0.9,
    "hate": 0.8,
    "threat": 0.5,
    "sexual": 0.6,
    "self_harm": 0.8,
    "profanity": 0.9,
    REQUESTS: 0.35,
    ATTACKS: 0.65,
}
"""The least share of the bad ones with something above a half."""
FLAGGED: Final = {"toxicity": 0.1, "harmful request": 0.04, "injection": 0.01}
"""The greatest share of the harmless ones."""


@cache
def prompts() -> dict[str, list[str]]:
    """The prompts by heading."""
    found = defaultdict(list)
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif not line.startswith("#"):
            found[heading].append(line)
    return dict(found)


def harmless() -> list[str]:
    return [text for heading, texts in prompts().items() if heading not in FOUND for text in texts]


def above_a_half(texts: list[str]) -> dict[str, NDArray[np.bool_]]:
    """Which texts have toxicity or one of its kinds, a harmful request, an attack."""
    column = TextColumn(texts)
    scores = prompt_model().score(column)
    return {
        "toxicity": toxicity_model().probabilities(column).max(axis=1) >= 0.5,
        REQUESTS: scores.harmful >= 0.5,
        ATTACKS: scores.attack >= 0.5,
    }


def test_few_harmless_prompts_have_something_above_a_half() -> None:
    flagged = above_a_half(harmless())
    assert len(harmless()) >= 300
    shares = {name: float(flags.mean()) for name, flags in flagged.items()}
    assert all(share <= FLAGGED[name] for name, share in shares.items()), shares


def test_most_bad_prompts_as_short_are_found() -> None:
    shares = {
        heading: float(
            above_a_half(prompts()[heading])[heading if heading in FLAGGED else "toxicity"].mean()
        )
        for heading in FOUND
    }
    assert all(share >= FOUND[heading] for heading, share in shares.items()), shares


def test_they_are_not_trained_on() -> None:
    trained = {document.text.casefold() for document in own_sentences()}
    for asks in phrases("wrappers")["asks"].values():
        trained |= {f"{lead}{ask}".casefold() for ask in asks for lead in ("", "how to ")}
    every = {text.casefold() for texts in prompts().values() for text in texts}
    assert trained.isdisjoint(every)
