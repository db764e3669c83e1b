"""response.pii_leak: what the prompt holds is no leak, however it is written there."""

from datetime import UTC, datetime

import pytest

from detectors.batch import EventBatch
from detectors.signals.privacy import detector
from schemas.events import InferenceEvent

SAME = {
    "phone, other signs": ("My phone is +1 415-555-2671.", "We will call (415) 555 2671."),
    "phone, trunk prefix": ("Meine Nummer ist 0171 2345678.", "Wir rufen +49 171 2345678 an."),
    "IBAN in blocks": ("IBAN DE89370400440532013000", "Your IBAN is DE89 3704 0044 0532 0130 00."),
    "date of birth, month named": ("I was born on 12 March 1985", "Date of birth: 1985-03-12"),
    "date of birth, day first": ("DOB: 03/12/1985", "You were born on 12 March 1985."),
    "a date nobody called one of birth": ("Take 12.3.1985.", "Your date of birth: March 12, 1985"),
    "street cut short": ("I live at 221B Baker Street, London", "To 221b Baker St., London."),
    "street run together": ("Ich wohne in der Hauptstraße 5", "Adresse: Hauptstr. 5"),
    "e-mail, spelt out": ("Mail jo.smith at acme-mail dot org", "Sent to jo.smith@acme-mail.org."),
    "name, other case": ("I am John Smith.", "Dear JOHN SMITH, welcome."),
    "name, turned": ("My name is John Smith", "Customer: Smith, John"),
    "name, genitive": ("I am Maria Garcia", "Maria Garcia's account is open."),
    "name, accents": ("I am José Álvarez", "Dear Jose Alvarez,"),
    "name, middle initial": ("My name is John Smith", "Dear John A. Smith, thanks."),
    "name, initial": ("My name is John Smith", "Dear J. Smith, thanks."),
    "name, hyphen": ("please greet anne-marie jones", "Dear Anne-Marie Jones, welcome."),
    "name of an e-mail": ("Mail annlopez@acme-mail.org", "Dear Mrs Ann Lopez, welcome."),
}
NEW = {
    "phone": ("My phone is +1 415-555-2671", "Call +1 415-555-2672 instead."),
    "part of a longer number": ("Order 9536228817123", "SSN: 536-22-8817"),
    "part of a longer house number": ("I live at 112 Main Street", "Deliver to 12 Main Street."),
    "part of a longer address": ("mail mojo@acme-mail.org", "Also try jo@acme-mail.org."),
    "parts of other words": ("The smithsonian johnson museum", "Contact John Smith."),
    "another given name": ("I am John Smith.", "Your wife Mary Smith called."),
    "another initial": ("I am John Smith.", "Dear K. Smith, thanks."),
    "another day": ("I was born on 12 March 1985", "Date of birth: 1985-04-12"),
    "another century's form": ("I was born on 12 March 1985", "Date of birth: 12 March 1995"),
}


def leak(prompt: str | None, response: str | None) -> float | None:
    event = InferenceEvent(
        event_id="e", time=datetime(2025, 1, 1, tzinfo=UTC), service_name="shop",
        prompt=prompt, response=response,
    )  # fmt: skip
    found: float | None = detector.score(EventBatch([event]))["response.pii_leak"][0]
    return found


@pytest.mark.parametrize("case", SAME)
def test_the_same_otherwise_written_is_no_leak(case: str) -> None:
    prompt, response = SAME[case]
    assert leak("Who?", response) > 0.5  # type: ignore[operator]
    assert leak(prompt, response) == 0


@pytest.mark.parametrize("case", NEW)
def test_something_else_is_a_leak(case: str) -> None:
    assert leak(*NEW[case]) > 0.5  # type: ignore[operator]


def test_without_a_prompt_nobody_knows() -> None:
    assert leak(None, "Dear John Smith,") is None
    assert leak("Who?", None) is None
