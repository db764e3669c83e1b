"""Which texts are plainly English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy.byte_classes import CLASSES
from detectors.privacy.english import is_english
from detectors.privacy.vocabulary import vocabulary
from detectors.text.buffer import buffer_of


def english(text: str) -> bool:
    buffer = buffer_of([text])
    return bool(
        is_english(buffer.data, buffer.starts[0], buffer.ends[0], CLASSES, vocabulary().ordinary)
    )


@pytest.mark.parametrize(
    "text",
    [
        "Could you please tell Jonna that the meeting with Mr Okonkwo is at four?",
        "i want to cancel my order, the shoes are too small",
        "Attendees were Yuki, Bram and Chidi; all of them agreed to the new plan.",
    ],
)
def test_english_is_told(text: str) -> None:
    assert english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bitte teilen Sie Jonna mit, dass die Besprechung um vier Uhr beginnt.",
        "Je voudrais annuler ma commande parce que les chaussures sont trop petites.",
        "Quiero cancelar mi pedido porque los zapatos me quedan pequeños.",
        "Annuleer alstublieft mijn bestelling, de schoenen zijn te klein.",
        "ANNA BERG, OSLO",
        "Hello Anna",
        "人工知能は便利です",
        "",
    ],
)
def test_other_languages_and_what_says_too_little_are_not(text: str) -> None:
    assert not english(text)


@pytest.mark.parametrize(
    ("sign", "plain"),
    [
        ("–", "-"),
        ("—", "-"),
        ("“", '"'),
        ("”", '"'),
        ("’", "'"),
        ("…", "."),
        ("•", "*"),
        ("\xa0", " "),
    ],
)
@pytest.mark.parametrize(
    "text", ["it is{0} as they said", "{0} yes {0} no {0}", "wir{0} sind {0} da"]
)
def test_signs_are_no_words(text: str, sign: str, plain: str) -> None:
    assert english(text.format(sign)) == english(text.format(plain))


def test_kana_are_words() -> None:
    assert not english("これは test of the app です")


@given(st.text(max_size=60))
def test_what_comes_late_changes_nothing(tail: str) -> None:
    head = "this is what people write when they ask for help " * 9
    assert english(head + tail)
