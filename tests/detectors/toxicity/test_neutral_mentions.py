"""Neutral mentions of groups, not trained on, are hardly ever taken for toxic."""

from detectors.text.column import TextColumn
from detectors.toxicity.model import toxicity_model
from training.toxicity.documents import own_sentences
from training.toxicity.probes import GROUPS, NEUTRAL


def mentions() -> list[str]:
    return [text.format(people=p, one=o) for p, o in GROUPS.values() for text in NEUTRAL]


def test_few_neutral_mentions_have_toxicity_above_a_half() -> None:
    chances = toxicity_model().probabilities(TextColumn(mentions()))[:, 0]
    by_group = chances.reshape(len(GROUPS), len(NEUTRAL))
    assert (chances >= 0.5).mean() <= 0.04
    assert by_group.mean(axis=1).max() <= 0.26


def test_they_are_not_trained_on() -> None:
    trained = {document.text.casefold() for document in own_sentences()}
    assert trained.isdisjoint(text.casefold() for text in mentions())
