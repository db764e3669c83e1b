"""Summary of identities: how many distinct ones, by HyperLogLog."""

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from detectors.summaries.hashing import stable_hash
from detectors.summaries.values import Values, known_texts

PRECISION: Final = 11
REGISTERS: Final = 2**PRECISION
RELATIVE_STANDARD_ERROR: Final = 1.04 / REGISTERS**0.5
"""Of the estimate: 2.3 %."""

_RANK_BITS: Final = 64 - PRECISION
_SPARSE_LIMIT: Final = 512
"""Most registers kept as a dict; more are kept as bytes, which are then the smaller."""

Registers = dict[int, int] | bytes


class Cardinality(Struct, frozen=True, array_like=True, tag="u"):
    """HyperLogLog of 2048 registers over 64-bit hashes (Flajolet et al. 2007). Merges exactly.

    ``registers`` holds the rank (1..54) by register (0..2047): a dict without zeros while few are
    set, else a byte a register. :meth:`register_map` gives both as a dict.

    In SQL: ``maxMap(registers)`` (``Map(UInt16, UInt8)``) merges, and estimates by::

        WITH maxMap(registers) AS merged, 1 - length(merged) / 2048 AS unset,
             unset + arraySum(k -> pow(unset, exp2(k)) * exp2(k - 1), range(1, 21)) AS sigma
        SELECT if(empty(merged), 0, 0.7213475204444817 * 2048 * 2048
               / (2048 * sigma + arraySum(rank -> exp2(-toInt16(rank)), mapValues(merged))))

    An identity's register is ``bitShiftRight(xxHash64(id), 53)``, its rank the position of the
    first set bit of the other 53, from 1.

    >>> users = Cardinality.empty().observe(["ann", "bob", "ann", None])
    >>> round(users.estimate())
    2
    """

    registers: Registers

    @classmethod
    def empty(cls) -> "Cardinality":
        """No observation: the identity of :meth:`merge`."""
        return cls({})

    @classmethod
    def of_ranks(
        cls, register: npt.NDArray[np.integer], rank: npt.NDArray[np.integer]
    ) -> "Cardinality":
        """The summary of these pairs, where a register's largest rank comes last."""
        dense = np.zeros(REGISTERS, np.uint8)
        dense[register] = rank
        return cls(_canonical(dense))

    def observe(self, values: Values) -> "Cardinality":
        """These identities too; those not known are ignored."""
        return self.observe_hashes(stable_hash(known_texts(values)))

    def observe_hashes(self, hashes: npt.NDArray[np.uint64]) -> "Cardinality":
        """The identities with these hashes (:func:`detectors.summaries.hashing.stable_hash`)."""
        register, rank = register_and_rank(hashes)
        order = np.argsort(rank)
        return self.merge(Cardinality.of_ranks(register[order], rank[order]))

    def merge(self, other: "Cardinality") -> "Cardinality":
        """Both together: the larger rank of every register."""
        left, right = self.registers, other.registers
        if isinstance(left, dict) and isinstance(right, dict):
            ranks = left.copy()
            for register, rank in right.items():
                if rank > ranks.get(register, 0):
                    ranks[register] = rank
            return Cardinality(ranks if len(ranks) <= _SPARSE_LIMIT else _dense(ranks).tobytes())
        return Cardinality(np.maximum(_dense(left), _dense(right)).tobytes())

    def register_map(self) -> dict[int, int]:
        """Rank by set register."""
        return self.registers if isinstance(self.registers, dict) else _sparse(self.registers)

    def estimate(self) -> float:
        """How many distinct identities: Ertl's improved raw estimator (2017, algorithm 6).

        No correction tables, and one formula from zero to billions. Its term for registers that
        are full is left out: one fills after some 10**16 identities.
        """
        ranks = self.register_map()
        if not ranks:
            return 0.0
        values = np.fromiter(ranks.values(), np.float64, len(ranks))
        harmonic = REGISTERS * _sigma(1 - len(ranks) / REGISTERS) + float(np.exp2(-values).sum())
        return REGISTERS * REGISTERS / (2 * log(2) * harmonic)


def register_and_rank(
    hashes: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The register (0..2047) and rank (1..54) of every hash."""
    register = (hashes >> np.uint64(_RANK_BITS)).astype(np.int64)
    rest = hashes & np.uint64(2**_RANK_BITS - 1)
    # 53 bits are exact in float64, whose exponent is the position of the highest set bit.
    _, bit_length = np.frexp(rest.astype(np.float64))
    return register, (_RANK_BITS + 1 - bit_length).astype(np.int64)


def _dense(registers: Registers) -> npt.NDArray[np.uint8]:
    if isinstance(registers, bytes):
        return np.frombuffer(registers, np.uint8)
    dense = np.zeros(REGISTERS, np.uint8)
    dense[list(registers)] = list(registers.values())
    return dense


def _sparse(registers: bytes) -> dict[int, int]:
    dense = np.frombuffer(registers, np.uint8)
    register = np.flatnonzero(dense)
    return dict(zip(register.tolist(), dense[register].tolist(), strict=True))


def _canonical(dense: npt.NDArray[np.uint8]) -> Registers:
    raw = dense.tobytes()
    return _sparse(raw) if np.count_nonzero(dense) <= _SPARSE_LIMIT else raw


def _sigma(x: float) -> float:
    """``x + sum of x**(2**k) * 2**(k-1)`` over k from 1, for x < 1."""
    total, weight = x, 1.0
    while x > 0:
        x *= x
        if total == total + x * weight:
            break
        total += x * weight
        weight *= 2
    return total
