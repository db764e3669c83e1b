from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.notify.backoff import Backoff

BACKOFF = Backoff(first_seconds=1, longest_seconds=60)


@given(st.integers(1, 10_000), st.integers())
def test_waits_double_up_to_the_longest_with_jitter_below(failures: int, seed: int) -> None:
    ceiling = 60 if failures > 6 else 2 ** (failures - 1)
    assert ceiling / 2 <= BACKOFF.wait_seconds(failures, Random(seed)) <= ceiling


def test_the_same_randomness_gives_the_same_waits() -> None:
    first, second = Random(5), Random(5)
    waits = [BACKOFF.wait_seconds(n, first) for n in range(1, 9)]
    assert waits == [BACKOFF.wait_seconds(n, second) for n in range(1, 9)]
    assert len(set(waits)) == 8
