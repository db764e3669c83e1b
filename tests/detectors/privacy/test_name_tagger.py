"""The tagger of names: what it reads, what it finds, and what it leaves alone."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy import scan
from detectors.privacy.byte_classes import CLASSES
from detectors.privacy.english import is_english
from detectors.privacy.finder import find, find_by_rules
from detectors.privacy.given_names import ordinary_words
from detectors.privacy.kinds import Kind
from detectors.privacy.name_features import SLOTS, is_capital, is_ordinary
from detectors.privacy.name_model import name_model
from detectors.privacy.vocabulary import vocabulary, word_hash
from detectors.text.buffer import buffer_of
from training.privacy.name_words import candidates

_WORDS = (
    *("Anouk", "Koppány", "Kim", "Šušulić", "Marrero", "anouk", "Will", "Paris", "The", "Zürich"),
    *(
        "said",
        "to",
        "and",
        "hello",
        "is",
        "my",
        "friend",
        "I",
        "I'm",
        "X",
        "12",
        "–",
        "“",
        "¿",
        "人",
        "の",
        "O'Neil",
        "ann@example.org",
    ),
)
_SIGNS = (" ", " ", ", ", ". ", "\n", ": ", '"', "'s ", "-", "_", "/", "\n> ", " (", "")
texts = st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_SIGNS)), max_size=14).map(
    lambda pairs: "".join(word + sign for word, sign in pairs)
)

FOUND = [
    ("Attendees: Yuki, Bram, Chidi, Svetlana", "Bram"),
    ("Soy Ximena, necesito ayuda con mi pedido.", "Ximena"),
    ("Ik ben Sjoerd en mijn internet doet het niet.", "Sjoerd"),
    ("Meine Kollegin Jonna meldet sich morgen.", "Jonna"),
    ("hey can you tell marcus i will be late", "marcus"),
    ("my partner's name is Djevad Šušulić, he said", "Djevad Šušulić"),
    ("Grant the user Maria access to Jira.", "Maria"),
]
LEFT_ALONE = [
    "Will you come tomorrow? Mark this as done. May I ask something?",
    "Rose is a color I like. Paris is lovely in spring.",
    "Viel Spaß und vielen Dank! Die Rechnung ist falsch, bitte um Korrektur.",
    "Wie wird das Wetter in Hamburg am Freitag?",
    "Use the Fourier transform and the Hadamard gate.",
    "Victoria Station is near Hyde Park.",
    "class Person: def __init__(self, name): self.name = name",
    "Chase Bank called about my Amex card.",
    "Question: What is Python? Answer: A language.",
    "Die Garantie gilt ab Juli, die Frist für den Versand endet im Mai.",
    "Is the hotel Alder free in June? The Nimbus router is in the Glade room.",
]


def persons(text: str) -> list[str]:
    buffer = buffer_of([text])
    return [
        buffer.text(item.start, item.end)
        for item in find(buffer).items
        if item.kind == Kind.PERSON and item.confidence >= 0.5
    ]


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_names_are_found_by_what_stands_around_them(text: str, name: str) -> None:
    assert name in persons(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_words_that_may_be_names_are_left_alone(text: str) -> None:
    assert persons(text) == []


@given(st.lists(texts, min_size=1, max_size=5))
def test_a_text_gives_the_same_in_any_batch(batch: list[str]) -> None:
    buffer = buffer_of(batch)
    together = find(buffer)
    for row, text in enumerate(batch):
        first = int(buffer.starts[row])
        mine = [
            (item.start - first, item.end - first, item.kind, item.confidence, item.value)
            for at, item in zip(together.rows, together.items, strict=True)
            if at == row
        ]
        alone = find(buffer_of([text])).items
        assert mine == [(i.start - 1, i.end - 1, i.kind, i.confidence, i.value) for i in alone]


@given(texts)
def test_the_scan_marks_the_words_that_training_sees(text: str) -> None:
    """Those of the least sum or more, and no others."""
    buffer, model = buffer_of([text]), name_model()
    places = scan.scan(buffer.data, buffer.starts, buffer.ends, vocabulary(), model)
    marked = places.starts[places.triggers == scan.NAME] - 1
    words = candidates([text])
    sums = model.weights[words.slots].astype(np.int64).sum(axis=1)
    table = vocabulary().ordinary
    english = is_english(buffer.data, buffer.starts[0], buffer.ends[0], CLASSES, table)
    sure = sums >= (model.least_in_english if english else model.least)
    assert marked.tolist() == words.starts[sure].tolist()


@pytest.mark.parametrize("sign", ["–", "—", "“", "’", "«", "¿", "\xa0", "\u2009", "の"])
def test_training_sees_words_behind_signs_outside_ascii(sign: str) -> None:
    words = candidates([f"then {sign}Anouk said"])
    assert words.starts.tolist() == [len(f"then {sign}".encode())]


@pytest.mark.parametrize(
    ("sign", "plain"),
    [
        *((dash, "-") for dash in "‐‑‒–—−"),
        *((mark, '"') for mark in "“”„«»‹›"),
        *((space, " ") for space in "\xa0\u2009\u202f\u3000"),
        ("’", "'"),
        ("…", "."),
        ("•", "*"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "then {0} Anouk {0} said",
        "we told {0}Anouk{0} that",
        "they{0}said Anouk left{0}now",
        "he{0}s here, Anouk{0}s dog too",
        "it was{0} Anouk{0}",
    ],
)
def test_signs_outside_ascii_part_words_as_those_of_ascii_do(
    text: str, sign: str, plain: str
) -> None:
    there, known = candidates([text.format(sign)]), candidates([text.format(plain)])
    if len(known.rows):  # a plain hyphen or apostrophe before it makes it part of a longer word
        assert there.slots.tolist() == known.slots.tolist()
    else:
        assert len(there.rows) == 1


def test_names_on_lines_by_themselves_are_names_each() -> None:
    assert persons("Yuki\nBram\nSvetlana") == ["Yuki", "Bram", "Svetlana"]
    assert persons("- Yuki\n- Bram\n- Svetlana") == ["Yuki", "Bram", "Svetlana"]
    assert persons("They met Yuki Bram\nSvetlana left")[0] == "Yuki Bram"


@given(texts)
def test_what_rules_are_sure_of_stays_found(text: str) -> None:
    """The tagger adds names, or makes them longer; it takes none away."""
    buffer = buffer_of([text])
    found = [(i.start, i.end) for i in find(buffer).items]
    for item in find_by_rules(buffer).items:
        assert any(start < item.end and item.start < end for start, end in found)


@given(st.characters(min_codepoint=0x41, max_codepoint=0x42F))
def test_capitals_are_those_of_unicode(character: str) -> None:
    data = np.frombuffer(f"{character}xx".encode(), np.uint8)
    code = ord(character)
    inside = code < 0x80 or 0xC0 <= code < 0x180 or 0x391 <= code < 0x3AC or code >= 0x410
    if inside and character not in "×ĸŉſ" and unicodedata.category(character) in {"Lu", "Ll"}:
        assert is_capital(data, 0) == character.isupper()


def test_ordinary_words_are_known_as_such_and_few_others() -> None:
    table = vocabulary().ordinary
    assert all(is_ordinary(table, np.uint64(word_hash(word))) for word in ordinary_words())
    others = [f"{word}q{word[::-1]}" for word in sorted(ordinary_words())[:5000]]
    assert sum(bool(is_ordinary(table, np.uint64(word_hash(word)))) for word in others) < 250


def test_the_model_fits_its_features() -> None:
    model = name_model()
    assert model.weights.dtype == np.int8
    assert model.weights.shape == (SLOTS,)
    for least, odds in ((model.least, 4), (model.least_in_english, 2)):
        before, there = model.bias + model.unit * np.array([least - 1, least])
        assert before < np.log(odds) <= there
