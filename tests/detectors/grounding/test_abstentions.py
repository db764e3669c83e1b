"""Answers that claim nothing have no score; what stands beside them is judged."""

from datetime import UTC, datetime

import pytest

from detectors.batch import EventBatch
from detectors.grounding.abstentions import abstaining_sentences
from detectors.grounding.hedging import hedged_share
from detectors.signals.hallucination import detector
from detectors.text.column import TextColumn
from schemas.events import InferenceEvent

SOURCE = "Acme Corp was founded in 1998 by Maria Jensen in Oslo and employs 1,200 people."
ABSTAINING = (
    "I don't know.",
    "I do not know the answer to that.",
    "We're not sure.",
    "The context does not say.",
    "The provided context does not mention who the current CEO is.",
    "I couldn't find any information about that in the provided documents.",
    "There is no information about shipping costs in the text.",
    "Unfortunately, the documents don't contain the answer to your question.",
    "Sorry, but I was unable to find that.",
    "I'm sorry, but I can't help with that.",
    "Based on the provided context, I cannot answer this question.",
    "I do not have enough information to answer.",
    "The opening hours are not mentioned in the article.",
    "That information is not available.",
    "Not specified.",
    "N/A",
    "Unanswerable",
)
CLAIMING = (
    "Acme does not employ lawyers.",
    "The warranty does not cover water damage.",
    "The contract does not include a trial period.",
    "I don't know, but it was founded by Peter Olsen.",
    "I'm not sure, it is a stray.",
    "I'm not sure, I do know that he became a singer.",
    "The text does not give the year, which is 1875.",
    "I did not know that Peter Olsen founded it.",
    "Plans that do not provide coverage also come with information on health insurance.",
    "There is no better factory in Norway.",
    "Not in Oslo.",
    "No.",
    "Found.",
)


@pytest.mark.parametrize("sentence", ABSTAINING)
def test_who_does_not_know_claims_nothing(sentence: str) -> None:
    assert abstaining_sentences(TextColumn([sentence])).all()
    assert scored(sentence)["response.hallucination"] is None
    assert scored(sentence)["response.hallucination.span_start"] is None


@pytest.mark.parametrize("sentence", ABSTAINING[:-3])
def test_polite_words_beside_it_claim_nothing_either(sentence: str) -> None:
    polite = f"Thanks for your question! {sentence} Is there anything else I can help with?"
    assert scored(polite)["response.hallucination"] is None


@pytest.mark.parametrize("sentence", CLAIMING)
def test_a_denial_of_something_else_is_a_claim(sentence: str) -> None:
    assert not abstaining_sentences(TextColumn([sentence])).any()


@pytest.mark.parametrize("sentence", ABSTAINING[:-3])
def test_what_stands_beside_it_is_judged_alone(sentence: str) -> None:
    claim = "Acme was bought by Globex in 2021."
    text = f"{sentence} {claim}"
    found = scored(text)
    assert found["response.hallucination"] == scored(claim)["response.hallucination"]
    start, end = (found[f"response.hallucination.span_{edge}"] for edge in ("start", "end"))
    assert (start, end) == (text.index(claim), len(text))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("I'm not sure. It is in Oslo.", 0.5),
        ("I do not know.", 1),
        ("We are not entirely certain of it.", 1),
        ("I think it is in Oslo.", 1),
        ("You may not know this. They think so. It is certain.", 0),
        ("I did not say that. There is no doubt.", 0),
    ],
)
def test_phrases_of_doubt_are_hedges(text: str, share: float) -> None:
    assert hedged_share(TextColumn([text]))[0] == share


def scored(response: str) -> dict[str, float | None]:
    event = InferenceEvent(
        event_id="e", time=datetime(2025, 1, 1, tzinfo=UTC), service_name="shop",
        prompt="Tell me about Acme.", response=response, contexts=[SOURCE],
    )  # fmt: skip
    return {name: series[0] for name, series in detector.score(EventBatch([event])).items()}
