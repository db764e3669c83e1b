import numpy as np
import pytest

from detectors.summaries import Cardinality, encode_summary
from detectors.summaries.cardinality import (
    REGISTERS,
    RELATIVE_STANDARD_ERROR,
    register_and_rank,
)
from detectors.summaries.hashing import stable_hash


def test_hashes_are_those_of_xxh64() -> None:
    # Published test values of XXH64, seed 0.
    assert stable_hash(["", "a", "abc"]).tolist() == [
        0xEF46DB3751D8E999,
        0xD24EC4F1A98C6E5B,
        0x44BC2CF5AD770999,
    ]


def test_register_and_rank_of_edge_hashes() -> None:
    hashes = np.array([0, 1, 2**52, 2**53 - 1, 2**53, 2**64 - 1], np.uint64)
    register, rank = register_and_rank(hashes)
    assert register.tolist() == [0, 0, 0, 0, 1, 2047]
    assert rank.tolist() == [54, 53, 1, 1, 54, 1]


@pytest.mark.parametrize("distinct", [1, 5, 100, 1000, 5000, 20_000, 1_000_000])
def test_estimate_is_unbiased_and_as_spread_as_stated(distinct: int) -> None:
    rng = np.random.default_rng(distinct)
    errors = []
    for _ in range(60 if distinct < 10_000 else 20):
        hashes = rng.integers(0, 2**64, distinct, np.uint64, endpoint=False)
        errors.append(Cardinality.empty().observe_hashes(hashes).estimate() / distinct - 1)
    assert abs(np.mean(errors)) < 4 * RELATIVE_STANDARD_ERROR / np.sqrt(len(errors))
    assert np.std(errors) < 1.5 * RELATIVE_STANDARD_ERROR


def test_repeats_count_once() -> None:
    once = Cardinality.empty().observe([f"user {i}" for i in range(700)])
    assert once.observe([f"user {i}" for i in range(700)]) == once
    assert Cardinality.empty().estimate() == 0


def test_registers_are_the_same_sparse_and_dense() -> None:
    few = Cardinality.empty().observe([f"user {i}" for i in range(400)])
    many = Cardinality.empty().observe([f"user {i}" for i in range(4000)])
    assert isinstance(few.registers, dict)
    assert isinstance(many.registers, bytes)
    assert all(0 <= register < REGISTERS for register in many.register_map())
    ranks = many.register_map()
    assert all(ranks[register] >= rank for register, rank in few.register_map().items())
    assert len(encode_summary(many)) < 2100
