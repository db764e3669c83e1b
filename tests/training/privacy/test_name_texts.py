"""Texts whose names are known: what is marked is a name, and what is judged is not trained on."""

from random import Random

import pytest

from training.privacy.name_texts import filled, presidio_templates, templates
from training.privacy.name_values import values
from training.privacy.presidio_corpus import is_judged, read_rows
from training.texts import DATA

PRESIDIO = DATA / "presidio_pii/data.jsonl"


def test_marked_are_the_names() -> None:
    known = {name.lower() for names in values().given for name in names}
    rng = Random(3)
    for _ in range(300):
        one = filled("Hi {FIRST}, from {CITY}", rng)
        ((start, end),) = one.names
        assert one.text[start - 1] == " "
        assert one.text[end] == ","
        made_up = one.text[start:end].lower() not in known
        assert made_up <= (end - start > 3)


def test_the_same_seed_makes_the_same_texts() -> None:
    first, second = ([filled(one, Random(5)) for one in templates()[:50]] for _ in range(2))
    assert first == second


def test_templates_without_people_have_no_names() -> None:
    rng = Random(1)
    assert all(
        bool(filled(one, rng).names) == any(slot in one for slot in ("{PERSON", "{FIRST", "{LAST"))
        for one in templates()
    )


@pytest.mark.skipif(not PRESIDIO.is_file(), reason="needs ../shared/data/presidio_pii")
def test_templates_that_are_judged_are_not_trained_on() -> None:
    rows = read_rows(PRESIDIO)
    judged = [row for row in rows if is_judged(row)]
    assert 0.2 < len(judged) / len(rows) < 0.5
    trained = {one.partition("{")[0] for one in presidio_templates(PRESIDIO)} - {""}
    for row in judged:
        first = min((start for _, start, _ in row["spans"]), default=len(row["text"]))
        assert first < 25 or row["text"][:first] not in trained
