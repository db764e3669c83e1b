"""Responses against what they should be grounded in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.batch import EventBatch
from detectors.signals.hallucination import detector
from schemas.events import InferenceEvent

SOURCE = (
    "The Kelmore Museum in Dublin was founded by Anna Reyes in 1931. It opens daily at nine in the "
    "morning and closes at six. Entry costs 12 euros for adults, and children pay nothing. The "
    "museum shows 340 paintings from Spain and does not allow photographs in the main hall."
)
SUPPORTED = "The Kelmore Museum in Dublin was founded by Anna Reyes in 1931."


def event(**fields: Any) -> InferenceEvent:
    time = datetime(2025, 1, 1, tzinfo=UTC)
    return InferenceEvent(event_id="e", time=time, service_name="shop", **fields)


def score(**fields: Any) -> Mapping[str, Any]:
    values = detector.score(EventBatch([event(**fields)]))
    return {name: found[0] for name, found in values.items()}


def hallucination(response: str, *contexts: str) -> float:
    value = score(response=response, contexts=list(contexts or (SOURCE,)))["response.hallucination"]
    assert value is not None
    return float(value)


def test_what_stands_in_the_source_scores_low() -> None:
    assert hallucination(SUPPORTED) < 0.25
    assert hallucination(SOURCE) < 0.25


def test_what_stands_nowhere_scores_high() -> None:
    other = "Quantum processors by Zentrix factor large primes within seconds, experts claim."
    assert hallucination(other) > 0.75


@pytest.mark.parametrize(
    ("faithful", "edited"),
    [
        (SUPPORTED, "The Kelmore Museum in Dublin was founded by Anna Reyes in 1947."),
        (SUPPORTED, "The Kelmore Museum in Madrid was founded by Anna Reyes in 1931."),
        (SUPPORTED, "The Kelmore Museum in Dublin was founded by Karl Brandt in 1931."),
        (SUPPORTED, "The Kelmore Museum in Dublin was not founded by Anna Reyes in 1931."),
        (
            "Entry costs 12 euros for adults, and children pay nothing.",
            "Entry costs 340 euros for adults, and children pay nothing.",
        ),
        (
            "The museum does not allow photographs in the main hall.",
            "The museum does allow photographs in the main hall.",
        ),
        (
            "It opens daily at nine in the morning and closes at six.",
            "It opens weekly at nine in the evening and closes at six.",
        ),
    ],
    ids=["number", "place", "person", "negation", "number elsewhere", "negation lost", "opposite"],
)
def test_an_edit_raises_the_score(faithful: str, edited: str) -> None:
    assert hallucination(edited) > hallucination(faithful)


def test_the_same_number_in_words_and_with_separators_is_the_same() -> None:
    source = "The hall seats 1,500 people and has twelve doors."
    assert hallucination("The hall seats 1500 people and has 12 doors.", source) == pytest.approx(
        hallucination("The hall seats 1,500 people and has twelve doors.", source), abs=0.05
    )


FIGURES = (
    "Revenue rose by 8% to $3,187,450,000 and was announced on 15 March 2024. "
    "The hall was built in 1987 for €412.6 million. It seats 12,840 people and opens at 9:00 every "
    "day. Tickets are valid for 24 months. The tower stands 7 miles away."
)


@pytest.mark.parametrize(
    ("given", "same", "other"),
    [
        ("It seats 12,840 people.", "It seats nearly 13,000 people.", "It seats 15,000 people."),
        ("It seats 12,840 people.", "It seats 12.8k people.", "It seats 18.2k people."),
        (
            "Revenue rose to $3,187,450,000.",
            "Revenue rose to 3.2 billion dollars.",
            "Revenue rose to 5.2 billion dollars.",
        ),
        (
            "It was built for €412.6 million.",
            "It was built for 413 million euros.",
            "It was built for 431 million euros.",
        ),
        ("Revenue rose by 8%.", "Revenue rose by 8 percent.", "Revenue rose by 9 percent."),
        (
            "Revenue was announced on 15 March 2024.",
            "Revenue was announced on 2024-03-15.",
            "Revenue was announced on 2024-07-15.",
        ),
        (
            "Revenue was announced on 15 March 2024.",
            "Revenue was announced on Mar 15, 2024.",
            "Revenue was announced on Jul 15, 2024.",
        ),
        (
            "It opens at 9:00 every day.",
            "It opens at 9 am every day.",
            "It opens at 6 am every day.",
        ),
        (
            "Tickets are valid for 24 months.",
            "Tickets are valid for two years.",
            "Tickets are valid for three years.",
        ),
        (
            "The tower stands 7 miles away.",
            "The tower stands 11 km away.",
            "The tower stands 17 km away.",
        ),
        ("It was built in 1987.", "It was built in 1987 [2].", "It was built in 1990."),
    ],
)
def test_a_number_in_another_form_is_not_new(given: str, same: str, other: str) -> None:
    assert hallucination(same, FIGURES) == pytest.approx(hallucination(given, FIGURES), abs=0.06)
    assert hallucination(other, FIGURES) > hallucination(same, FIGURES) + 0.1


def test_the_head_of_a_table_is_no_claim() -> None:
    head = "| Attraction | Price tag |\n|---|---|\n"
    row = "| Museum in Dublin | 12 euros for adults |"
    assert hallucination(head + row) == pytest.approx(hallucination(row), abs=1e-6)


def test_lines_of_the_next_text_make_no_head_of_a_table() -> None:
    response = f"{SUPPORTED}\n| Price tag |"
    events = [event(response=text, contexts=[SOURCE]) for text in (response, "|---|\n| 12 |")]
    together = detector.score(EventBatch(events))["response.hallucination"][0]
    assert together == hallucination(response)


def test_words_of_the_frame_are_no_claims() -> None:
    framed = f"According to the document you provided, {SUPPORTED[0].lower()}{SUPPORTED[1:]}"
    assert hallucination(framed) < hallucination(SUPPORTED) + 0.05


def test_the_span_quotes_the_least_supported_sentence() -> None:
    invented = "Its café was designed by Zora Whitlock and serves 77 sorts of tea."
    response = f"Größe zählt – {SUPPORTED} {invented} Entry costs 12 euros for adults."
    found = score(response=response, contexts=[SOURCE])
    start = found["response.hallucination.span_start"]
    end = found["response.hallucination.span_end"]
    assert response[int(start) : int(end)] == invented


@pytest.mark.parametrize(
    "polite",
    [
        "I'm sorry to hear that!",
        "Thank you for reaching out.",
        "I hope this helps!",
        "Let me know if you have any other questions.",
        "Is there anything else I can help you with today?",
        "You're welcome!",
        "Short answer first.",
        "Here is a quick summary.",
        "Great question!",
    ],
)
def test_politeness_is_no_claim(polite: str) -> None:
    found = score(response=f"{polite} {SUPPORTED} {polite}", contexts=[SOURCE])
    assert found["response.hallucination"] == pytest.approx(hallucination(SUPPORTED), abs=1e-6)
    assert found["response.hallucination.span_start"] == len(polite) + 1


def test_a_list_is_as_supported_as_its_sentences() -> None:
    plain = f"{SUPPORTED} Entry costs 12 euros for adults. It opens daily at nine."
    listed = f"Let me explain.\n\n1. {SUPPORTED}\n2. Entry costs 12 euros for adults.\n"
    listed += "3. It opens daily at nine."
    assert hallucination(listed) == pytest.approx(hallucination(plain), abs=0.01)
    assert hallucination(listed.replace("12 euros", "7 euros")) > hallucination(plain) + 0.2


def test_a_claim_with_polite_words_counts() -> None:
    claim = "Thanks to Zora Whitlock, I am happy to say there are 77 sorts of tea."
    assert hallucination(f"{claim} {SUPPORTED}") > hallucination(SUPPORTED) + 0.2


def test_the_reference_answer_stands_in_for_passages() -> None:
    alone = score(response=SUPPORTED, reference_answer=SOURCE)
    assert alone["response.hallucination"] == hallucination(SUPPORTED)
    assert alone["response.context_use"] is None


@pytest.mark.parametrize(
    ("prompt", "reference", "right", "wrong"),
    [
        ("When was the Eiffel Tower built?", "1889", "It was built in 1889.", "It was in 1925."),
        ("Who wrote Faust?", "Johann Wolfgang von Goethe", "Goethe wrote Faust.", "Schiller did."),
        ("What is Australia's capital?", "Canberra", "The capital is Canberra.", "It is Sydney."),
    ],
)
def test_a_short_reference_answer_is_read_with_the_question(
    prompt: str, reference: str, right: str, wrong: str
) -> None:
    asked = {"prompt": prompt, "reference_answer": reference}
    good, bad = (score(response=answer, **asked) for answer in (right, wrong))
    assert good["response.hallucination"] < 0.3
    assert bad["response.hallucination"] > good["response.hallucination"] + 0.2


@pytest.mark.parametrize("reference", ["", " \n"])
def test_an_empty_reference_answer_is_none(reference: str) -> None:
    found = score(prompt="Who is it?", response=SUPPORTED, reference_answer=reference)
    assert found["response.hallucination"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"response": SUPPORTED},
        {"contexts": [SOURCE]},
        {"response": "", "contexts": [SOURCE]},
        {"response": SUPPORTED, "contexts": [""]},
        {
            "response": "Das Museum wurde im Jahr 1931 gegründet und ist täglich geöffnet.",
            "contexts": [SOURCE],
        },
        {
            "response": SUPPORTED,
            "contexts": ["Das Museum wurde im Jahr 1931 von ihr gegründet und ist täglich offen."],
        },
    ],
    ids=["no source", "no response", "empty response", "empty source", "German", "German source"],
)
def test_nothing_known_nothing_said(fields: dict[str, Any]) -> None:
    found = score(**fields)
    assert found["response.hallucination"] is None
    assert found["response.hallucination.span_start"] is None
    assert found["response.hallucination.span_end"] is None


def test_the_passage_used_most_and_how_much_of_all() -> None:
    others = ["Bicycles need oil on their chains.", "Rivers carry sand to the sea."]
    found = score(response=SUPPORTED, contexts=[*others, SUPPORTED])
    assert found["response.context_position"] == 1.0
    assert 0.3 < found["response.context_use"] < 0.9
    whole = score(response=SOURCE, contexts=[SOURCE])
    assert whole["response.context_use"] == 1.0
    assert whole["response.context_position"] is None
    unused = score(response="Nothing fits.", contexts=others)
    assert unused["response.context_use"] == 0.0


def test_answers_that_agree_are_consistent() -> None:
    agreeing = score(response=SUPPORTED, sampled_responses=[SUPPORTED, SUPPORTED])
    differing = score(
        response=SUPPORTED,
        sampled_responses=["It was founded by Karl Brandt in Hamburg.", "A collector opened it."],
    )
    assert agreeing["response.consistency"] == pytest.approx(1.0)
    assert differing["response.consistency"] < 0.7
    assert score(response=SUPPORTED)["response.consistency"] is None


@pytest.mark.parametrize(
    ("response", "samples", "expected"),
    [
        ("Yes.", ["No.", "no", "Yes!"], 1 / 3),
        ("No", ["No.", "No."], 1),
        ("Yes, dogs may come in.", ["No, dogs may not come in."], 0),
        ("Yes.", ["", "Who knows?"], None),
    ],
)
def test_a_yes_supports_no_no(response: str, samples: list[str], expected: float | None) -> None:
    found = score(response=response, sampled_responses=samples)["response.consistency"]
    assert found == (None if expected is None else pytest.approx(expected))


NUMBERS = ["1,000", "2024-03-15T09:30", "$5", "24 months", "9 a.m.", "about", "3.2 million", "80%"]
PIECES = [*SOURCE.split(), *NUMBERS, "zebra", "’s", "?\n", "|", "|---|\n", "[2]", "Step"]
sentences = st.lists(st.sampled_from(PIECES), max_size=30)
texts = sentences.map(" ".join)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(texts, st.lists(texts, max_size=3)), min_size=1, max_size=6))
def test_scores_lie_in_range_and_do_not_depend_on_the_batch(
    drawn: list[tuple[str, list[str]]],
) -> None:
    events = [event(response=response, contexts=contexts) for response, contexts in drawn]
    together = detector.score(EventBatch(events))
    for row, one in enumerate(events):
        alone = detector.score(EventBatch([one]))
        for signal in detector.signals:
            value = together[signal.name][row]
            assert value == alone[signal.name][0]
            if value is not None and signal.kind == "score":
                assert 0.0 <= value <= 1.0
        start = together["response.hallucination.span_start"][row]
        end = together["response.hallucination.span_end"][row]
        assert start is None or 0 <= start < end <= len(drawn[row][0])


def test_an_answer_of_hundreds_of_sentences_is_read() -> None:
    many = " ".join(f"Entry costs 12 euros for adults on day {day}." for day in range(300))
    assert np.isfinite(hallucination(many))
