"""Prompts of our own templates, and suffixes: complete, in pairs, the same for a seed."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from training.injection import noises
from training.injection.demands import demands
from training.injection.prompts import phrases
from training.injection.suffixes import suffix_makers
from training.injection.switches import switches
from training.injection.wrappers import wrapped

DATA = Path(__file__).parents[3] / "../shared/data"
LANGUAGES = ("en", "de", "es", "fr")
OPEN_SLOT = re.compile(r"\{[a-z_]+\}")


def test_wrapped_requests_come_in_pairs_and_leave_no_slot_open() -> None:
    made = wrapped(300, random.Random(1))
    assert Counter(document.harmful for document in made) == {True: 300, False: 300}
    assert not any(document.attack for document in made)
    assert not any(OPEN_SLOT.search(document.text) for document in made)


def test_demands_of_either_sort_leave_no_slot_open() -> None:
    made = demands(400, random.Random(1))
    assert Counter(document.harmful for document in made) == {True: 400, False: 400}
    assert not any(document.attack for document in made)
    assert not any(OPEN_SLOT.search(document.text) for document in made)


def test_harmful_and_harmless_demands_share_their_words() -> None:
    """No drug, weapon, fraud or group of people speaks for harm by itself."""
    read = phrases("demands")
    for name in ("drug", "weapon", "poison", "malware", "fraud", "group", "minor", "terrorists"):
        slot = f"{{{name}}}"
        for kind in ("harmful", "harmless"):
            assert any(slot in template for template in read["demands"][kind]), (name, kind)


def test_switches_leave_no_slot_open_in_any_language() -> None:
    made = switches(60, random.Random(2))
    assert {document.origin for document in made} == {
        f"switch {c}" for c in ("en", "de", "es", "fr")
    }
    assert {document.attack for document in made} == {True, False}
    assert not any(OPEN_SLOT.search(document.text) for document in made)


@pytest.mark.parametrize("make", [noises.of_characters, noises.of_keys, noises.of_codes])
def test_noise_has_enough_words_to_be_judged(make: noises.Noise) -> None:
    rng = random.Random(4)
    assert all(len(re.findall(r"\w+", make(rng))) >= 6 for _ in range(20))


@pytest.mark.skipif(not DATA.exists(), reason="the public data are not there")
def test_makers_of_suffixes_are_reproducible() -> None:
    for name, make in suffix_makers(DATA).items():
        one, same, other = (make(random.Random(seed)) for seed in (5, 5, 6))
        assert one == same, name
        assert one != other, name
        assert len(one.split()) >= 4, name
