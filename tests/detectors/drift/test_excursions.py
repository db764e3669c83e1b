"""What stands out of a reference and is over, what lasts, and what is usual."""

from collections.abc import Callable

import numpy as np
import pytest

from detectors.drift.excursions import are_few, excursions
from detectors.drift.record_reading import read_record
from detectors.drift.rhythm import DAY
from tests.detectors.drift.references import BLOCK, HOUR, KINDS, during, reference

LONGEST = 6


def found(
    kind: str, fault: Callable[[int], float], blocks: int = 96, block: int = BLOCK, seed: int = 0
) -> list[tuple[int, int]]:
    past = reference(kind, fault, blocks=blocks, block=block, seed=seed)
    reading = read_record(past, block, LONGEST)
    assert reading is not None
    return excursions(reading[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [1, 4, 20])
def test_an_incident_is_found_block_by_block(kind: str, length: int) -> None:
    assert found(kind, during((30, 30 + length))) == [(30, 30 + length)]
    assert found(kind, during((0, length))) == [(0, length)]


@pytest.mark.parametrize("kind", KINDS)
def test_most_references_have_none(kind: str) -> None:
    assert sum(bool(found(kind, during(), seed=seed)) for seed in range(40)) <= 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("since", [92, 80, 60, 40])
def test_what_lasts_until_the_end_stays(kind: str, since: int) -> None:
    assert found(kind, during((since, 96))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_lasts_longer_than_a_quarter_stays(kind: str) -> None:
    assert found(kind, during((20, 50))) == []


def test_an_incident_before_a_lasting_change_is_found() -> None:
    assert found("flag", lambda n: 0.5 if 20 <= n < 24 else 0.1 * (n >= 84)) == [(20, 24)]


def test_twice_is_found_and_more_often_is_usual() -> None:
    assert found("flag", during((20, 22), (60, 62))) == [(20, 22), (60, 62)]
    assert found("flag", during(*((n, n + 1) for n in range(3, 90, 10)))) == []


def test_nearer_than_the_longest_window_is_one() -> None:
    assert found("flag", during((20, 22), (25, 27), (30, 32))) == [(20, 32)]


def test_days_of_a_week_may_differ() -> None:
    """Against one week; three weeks would tell them apart."""

    def hours(*spans: tuple[int, int], share: float = 0.4) -> list[tuple[int, int]]:
        return found("flag", during(*spans, share=share), 168, HOUR)

    assert hours((50, 58)) == [(50, 58)]
    assert hours((48, 72)) == []
    room = DAY / 2
    assert are_few([(0, HOUR), (30 * HOUR, 32 * HOUR)], room)
    assert not are_few([(0, 5 * HOUR), (26 * HOUR, 31 * HOUR)], room)
    assert not are_few([(0, 7 * HOUR), (36 * HOUR, 43 * HOUR)], room)
    assert not are_few([(0, 60), (8 * HOUR, 8 * HOUR + 60), (16 * HOUR, 16 * HOUR + 60)], room)


def test_hours_are_held_against_their_own() -> None:
    def day(n: int) -> float:
        return 0.3 * (n % 24 < 2)

    assert found("flag", day, 168, HOUR) == []
    assert found("flag", lambda n: 0.5 if n in (60, 61) else day(n), 168, HOUR) == [(60, 62)]


def test_next_to_nothing_does_not_stand_out() -> None:
    random = np.random.default_rng(3)
    rare = set(random.choice(96, 3, replace=False).tolist())
    past = reference("flag", lambda n: 0.0, seed=3)
    none = [
        type(each)(each.start, 80, type(each.summary)(80, int(n in rare)))
        for n, each in enumerate(past)
    ]
    reading = read_record(none, BLOCK, LONGEST)
    assert reading is not None
    assert excursions(reading[0]) == []
