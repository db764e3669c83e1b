"""Detectors that are polars expressions over the batch's frame: what an event says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal, SignalKind

DTYPES: Final[dict[SignalKind, pl.DataType]] = {
    "flag": pl.Boolean(),
    "score": pl.Float64(),
    "amount": pl.Float64(),
    "category": pl.String(),
}
"""The type of a signal's column. Vectors are fixed-size arrays of Float32, of any width."""


@dataclass(frozen=True)
class ExpressionDetector:
    """A detector whose signals are expressions over :attr:`EventBatch.frame`.

    Amounts that are not finite and categories that are empty come out as null.
    """

    name: str
    version: str
    computed: tuple[tuple[Signal, pl.Expr], ...]

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The declared signals, in order."""
        return tuple(signal for signal, _ in self.computed)

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        frame = batch.select(self._columns) if self._columns else batch.frame
        return {column.name: column for column in frame.select(self._cleaned)}

    @cached_property
    def _cleaned(self) -> list[pl.Expr]:
        return [_clean(signal, each).alias(signal.name) for signal, each in self.computed]

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        """The columns that the expressions name; none where one stands for several at once."""
        expressions = [expression.meta for _, expression in self.computed]
        if any(each.has_multiple_outputs() for each in expressions):
            return ()
        return tuple(dict.fromkeys(name for each in expressions for name in each.root_names()))


def _clean(signal: Signal, expression: pl.Expr) -> pl.Expr:
    expression = expression.cast(DTYPES[signal.kind])
    if signal.kind == "category":
        return pl.when(expression != "").then(expression)
    if signal.kind in {"amount", "score"}:
        return pl.when(expression.is_finite()).then(expression)
    return expression
