"""Presidio's findings join the own ones; skipped where the extra is not installed."""

from itertools import pairwise

import pytest

from detectors.batch import EventBatch
from detectors.privacy.finder import find
from detectors.privacy.kinds import Kind
from detectors.privacy.presidio import KINDS_OF_ENTITIES, PresidioFinder
from detectors.signals.privacy import detector
from detectors.text.buffer import buffer_of
from tests.events import make_event

pytest.importorskip("presidio_analyzer", reason="needs the extra presidio")

TEXTS = [
    "Nothing to see here.",
    "",
    "Größe: ann@example.org and 4111 1111 1111 1111",
    "My driver license is H12234567.",
]


@pytest.fixture(scope="module")
def finder() -> PresidioFinder:
    return PresidioFinder()


def test_what_the_own_search_finds_is_found(finder: PresidioFinder) -> None:
    buffer = buffer_of(TEXTS)
    own, both = find(buffer), finder(buffer)
    assert {(row, item.kind) for row, item in zip(own.rows, own.items, strict=True)} <= {
        (row, item.kind) for row, item in zip(both.rows, both.items, strict=True)
    }


def test_places_are_bytes_and_nothing_overlaps(finder: PresidioFinder) -> None:
    buffer = buffer_of(TEXTS)
    found = finder(buffer)
    assert found.rows.tolist() == sorted(found.rows.tolist())
    spans = [(item.start, item.end) for item in found.items]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    mail = next(item for item in found.items if item.kind is Kind.EMAIL)
    assert buffer.text(mail.start, mail.end) == "ann@example.org"


def test_its_entities_are_presidios(finder: PresidioFinder) -> None:
    known = set(finder._engine.get_supported_entities("en"))
    assert {"CREDIT_CARD", "EMAIL_ADDRESS", "US_DRIVER_LICENSE"} <= known & set(KINDS_OF_ENTITIES)


def test_the_detector_scores_by_it(finder: PresidioFinder) -> None:
    batch = EventBatch([make_event(n, prompt=text) for n, text in enumerate(TEXTS)])
    scores = detector.finding_by(finder).score(batch)["prompt.pii"].to_list()
    assert scores[0] == 0.0
    assert scores[2] > 0.9
