"""Conditions on one event's signals: ``latency < 2s and response.words > 0``.

A comparison with an absent signal is neither true nor false (Kleene's three-valued logic, as SQL's
NULL): such an event does not count.
"""

from typing import Literal

from msgspec import Struct

Operator = Literal["<", "<=", ">", ">=", "=", "!="]


class Comparison(Struct, frozen=True, tag="comparison"):
    """A signal or dimension against a constant; numbers are in the signal's unit."""

    name: str
    operator: Operator
    value: float | str | bool


class Present(Struct, frozen=True, tag="present"):
    """Whether a signal is known."""

    name: str


class Not(Struct, frozen=True, tag="not"):
    """Negation."""

    operand: "Condition"


class All(Struct, frozen=True, tag="all"):
    """Conjunction."""

    operands: tuple["Condition", ...]


class Any(Struct, frozen=True, tag="any"):
    """Disjunction."""

    operands: tuple["Condition", ...]


Condition = Comparison | Present | Not | All | Any


def names_in(condition: Condition) -> set[str]:
    """The signals and dimensions a condition mentions."""
    match condition:
        case Comparison(name=name) | Present(name=name):
            return {name}
        case Not(operand=operand):
            return names_in(operand)
        case All(operands=operands) | Any(operands=operands):
            return set().union(*(names_in(operand) for operand in operands))
