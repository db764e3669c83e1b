"""What was retrieved against the prompt, the response against the prompt, and words of doubt."""

from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.batch import EventBatch
from detectors.signals import relevance, retrieval
from schemas.events import InferenceEvent

PASSAGE = "The museum opens at nine and closes at six on every day of the week."
PROMPT = "When does the museum open?"


def event(**fields: Any) -> InferenceEvent:
    time = datetime(2025, 1, 1, tzinfo=UTC)
    return InferenceEvent(event_id="e", time=time, service_name="shop", **fields)


def score(name: str, **fields: Any) -> float | None:
    batch = EventBatch([event(**fields)])
    values = {**relevance.detector.score(batch), **retrieval.detector.score(batch)}
    found = values[name][0]
    return None if found is None else float(found)


def test_passages_on_the_question_are_more_relevant() -> None:
    fitting = score("context.relevance", prompt=PROMPT, contexts=[PASSAGE])
    foreign = score(
        "context.relevance", prompt=PROMPT, contexts=["Tyres wear faster on wet gravel roads."]
    )
    assert fitting is not None
    assert foreign is not None
    assert fitting > foreign + 0.2


def test_responses_on_the_question_are_more_relevant() -> None:
    fitting = score("response.relevance", prompt=PROMPT, response=PASSAGE)
    foreign = score("response.relevance", prompt=PROMPT, response="Tyres wear faster on gravel.")
    assert fitting is not None
    assert foreign is not None
    assert fitting > foreign + 0.2


@pytest.mark.parametrize(
    ("contexts", "share"),
    [
        ([PASSAGE, PASSAGE], 0.5),
        ([PASSAGE, PASSAGE.upper() + "!", PASSAGE], 2 / 3),
        ([PASSAGE, "Tyres wear faster on wet gravel roads."], 0.0),
        ([PASSAGE], None),
        ([], None),
    ],
)
def test_repeated_passages_are_counted(contexts: list[str], share: float | None) -> None:
    assert score("context.duplicates", contexts=contexts) == pytest.approx(share)


def test_doubt_is_the_share_of_sentences_with_a_hedge() -> None:
    doubtful = "Perhaps it opens at nine. It is closed today. I guess it might rain. Bring coats."
    assert score("response.hedging", response=doubtful) == 0.5
    assert score("response.hedging", response="It opens at nine.") == 0.0
    assert score("response.hedging", response="") is None
    assert score("response.hedging") is None


def test_other_languages_are_left_alone() -> None:
    german = "Das Museum ist jeden Tag von neun bis sechs Uhr für alle Besucher geöffnet."
    assert score("response.relevance", prompt=PROMPT, response=german) is None
    assert score("response.hedging", response=german) is None
    assert score("context.relevance", prompt=PROMPT, contexts=[german]) is None
