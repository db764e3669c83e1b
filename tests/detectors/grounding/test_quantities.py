"""Numbers with their units and scales, and in other forms."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.batch import EventBatch
from detectors.grounding.number_words import joined_value
from detectors.signals.hallucination import detector
from schemas.events import InferenceEvent

MEASURED = (
    "Nimbus Labs was founded in 1997 in Lyon. Tickets are valid for 24 months after purchase. "
    "Revenue rose 15% to $3.2 million in 2023. The hall seats 1,200 people. The site covers 2,500 "
    "square feet and the rent is $50 per month. The park measures 40 hectares. Deliveries are "
    "accepted on Mondays."
)

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def scores(*pairs: tuple[str, str]) -> list[float]:
    """Of responses, each against its source."""
    time = datetime(2025, 1, 1, tzinfo=UTC)
    events = [
        InferenceEvent(
            event_id="e", time=time, service_name="shop", response=response, contexts=[source]
        )
        for response, source in pairs
    ]
    found: list[float] = detector.score(EventBatch(events))["response.hallucination"].to_list()
    return found


def hallucination(response: str, source: str) -> float:
    return scores((response, source))[0]


def in_words(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        rest = value % 10
        return _TENS[value // 10 - 2] + (f"-{_ONES[rest]}" if rest else "")
    power, word = (100, "hundred") if value < 1000 else (1000, "thousand")
    head, rest = f"{in_words(value // power)} {word}", value % power
    return f"{head} {in_words(rest)}" if rest else head


@pytest.mark.parametrize(
    ("given", "edited"),
    [
        ("Tickets are valid for 24 months.", "Tickets are valid for 24 days."),
        ("Revenue rose to $3.2 million.", "Revenue rose to $3.2 billion."),
        ("Revenue rose to $3.2 million.", "Revenue rose to €3.2 million."),
        ("The rent is $50 per month.", "The rent is $50 per year."),
        ("The park measures 40 hectares.", "The park measures 40 acres."),
        ("The site covers 2,500 square feet.", "The site covers 2,500 square metres."),
        ("The site covers 2,500 square feet.", "The site covers 2,500 feet."),
    ],
)
def test_a_number_with_another_unit_or_scale_is_another_one(given: str, edited: str) -> None:
    assert hallucination(given, MEASURED) < 0.25
    assert hallucination(edited, MEASURED) > 0.4


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("The hall seats 1 200 people.", "The hall seats 1 300 people."),
        ("The hall seats 1\u202f200 people.", "The hall seats 1\u202f300 people."),
        ("The hall seats 1.200 people.", "The hall seats 1.300 people."),
        ("The hall seats 1'200 people.", "The hall seats 1'300 people."),
        ("The hall seats 1’200 people.", "The hall seats 1’300 people."),
        (
            "The hall seats one thousand two hundred people.",
            "The hall seats one thousand three hundred people.",
        ),
        ("The hall seats twelve hundred people.", "The hall seats fifteen hundred people."),
        ("The lab was founded in the 1990s.", "The lab was founded in the 1980s."),
        ("The lab was founded in the '90s.", "The lab was founded in the '80s."),
        ("The park measures about 99 acres.", "The park measures about 120 acres."),
        ("The park measures 400,000 m2.", "The park measures 700,000 m2."),
        ("The site covers 232 m².", "The site covers 432 m²."),
        ("The site covers 232 square metres.", "The site covers 432 square metres."),
    ],
)
def test_thousands_decades_and_areas_in_another_form_are_not_new(written: str, other: str) -> None:
    assert hallucination(other, MEASURED) > hallucination(written, MEASURED) + 0.15


def test_a_number_in_another_form_in_the_source_is_known() -> None:
    for seats in ("1 200", "1.200", "1'200", "one thousand two hundred"):
        source = MEASURED.replace("1,200", seats)
        assert hallucination("The hall seats 1,200 people.", source) < 0.25


def test_a_leading_no_negates_nothing() -> None:
    plain = hallucination("Deliveries are accepted on Mondays.", MEASURED)
    said = hallucination("No, deliveries are accepted on Mondays.", MEASURED)
    assert said < plain + 0.1
    assert hallucination("No deliveries are accepted on Mondays.", MEASURED) > said + 0.2


@given(st.lists(st.sampled_from(
    ("one", "two", "hundred", "thousand", "million", "and", "twenty", "1", "200", "000", "1'200",
     "1.200", "3.2", "$", "€", "%", "square", "feet", "m2", "km²", "per", "a", "year", "month",
     "1990s", "No,", ".", ",", "\u202f", "’")), max_size=40))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_numbers_in_any_order_score_the_same_in_any_batch(parts: list[str]) -> None:
    text = " ".join(parts)
    pairs = [(text, MEASURED), ("The hall seats 1,200 people.", text)]
    assert scores(*pairs) == [scores(pair)[0] for pair in pairs]


@given(st.integers(20, 999_999))
@settings(max_examples=50, deadline=None)
def test_a_number_in_words_is_the_number(value: int) -> None:
    source = f"The hall seats {in_words(value)} people."
    right = hallucination(f"The hall seats {value} people.", source)
    assert right == hallucination(f"The hall seats {in_words(value)} people.", source)
    wrong = f"The hall seats {value + 7 * 10 ** (len(str(value)) - 1)} people."
    assert hallucination(wrong, source) > right


@pytest.mark.parametrize(
    ("before", "word", "value"),
    [(20, 3, 23), (12, 100, 1200), (1200, 5, 1205), (2_000_300, 1000, 2_300_000), (5, 6, -1),
     (2300, 1000, -1), (20, 30, -1), (3, 20, -1), (0, 100, -1)],
)  # fmt: skip
def test_words_make_one_number_or_two(before: int, word: int, value: int) -> None:
    assert joined_value(before, word) == value
