"""Conditions over signals and dimensions, as polars expressions (Kleene's three-valued logic)."""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import polars as pl

from schemas.monitors.conditions import All, Comparison, Condition, Not, Present
from schemas.monitors.resolved import Indicator

_OPERATORS: Final[dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class ConditionError(ValueError):
    """A condition that does not fit the signals there are; the message names the remedy."""


def compile_condition(
    condition: Condition, schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.Expr:
    """The condition as a Boolean expression over a frame of ``schema``.

    A comparison with null is null; ``not``, ``and`` and ``or`` follow Kleene: ``false and null`` is
    false, ``true or null`` is true, everything else with a null is null.

    Raises
    ------
    ConditionError
        When a name is not in the frame, or its values cannot be compared so.

    Examples
    --------
    >>> frame = pl.DataFrame({"latency": [1.0, 3.0, None]})
    >>> fast = compile_condition(Comparison("latency", "<", 2.0), frame.schema)
    >>> frame.select(fast.alias("fast"))["fast"].to_list()
    [True, False, None]
    """
    match condition:
        case Comparison():
            _check(condition, schema)
            return _OPERATORS[condition.operator](pl.col(condition.name), pl.lit(condition.value))
        case Present():
            _check_known(condition.name, schema)
            return pl.col(condition.name).is_not_null()
        case Not():
            return ~compile_condition(condition.operand, schema)
        case All():
            parts = [compile_condition(operand, schema) for operand in condition.operands]
            return pl.all_horizontal(parts) if parts else pl.lit(True)
    parts = [compile_condition(operand, schema) for operand in condition.operands]
    return pl.any_horizontal(parts) if parts else pl.lit(False)


def indicator_columns(frame: pl.DataFrame, indicators: Iterable[Indicator]) -> pl.DataFrame:
    """Every indicator on every event of ``frame``, as Boolean columns ``sli.<name>``.

    True is a good event, false a bad one; null where ``where`` is not true or ``good`` not known.

    Raises
    ------
    ConditionError
        As :func:`compile_condition`, with the indicator's name.
    """
    expressions = [_indicator(indicator, frame.schema) for indicator in indicators]
    return frame.select(expressions)


def _indicator(indicator: Indicator, schema: pl.Schema) -> pl.Expr:
    try:
        good = compile_condition(indicator.good, schema)
        if indicator.where is not None:
            good = pl.when(compile_condition(indicator.where, schema)).then(good)
    except ConditionError as error:
        raise ConditionError(f"indicator '{indicator.name}': {error}") from None
    # A frame of constants alone would have one row.
    rows = pl.int_range(pl.len())
    return pl.when(rows >= 0).then(good).alias(indicator.signal.name)


def _check_known(
    name: str, schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataType | type[pl.DataType]:
    if name not in schema:
        raise ConditionError(
            f"'{name}' is no signal or dimension here: correct its name, or install the package "
            "whose detector declares it"
        )
    return schema[name]


def _check(comparison: Comparison, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> None:
    dtype = _check_known(comparison.name, schema)
    value = comparison.value
    ordered = comparison.operator not in {"=", "!="}
    if dtype == pl.Boolean:
        fits, due = isinstance(value, bool) and not ordered, "'= true' or '= false'"
    elif dtype == pl.String:
        fits, due = isinstance(value, str) and not ordered, "'=' or '!=' and a string"
    elif dtype.is_numeric():
        fits, due = isinstance(value, float | int) and not isinstance(value, bool), "a number"
    else:
        fits, due = False, "'present' only"
    if not fits:
        raise ConditionError(
            f"'{comparison.name} {comparison.operator} {value!r}' compares a {dtype} column: "
            f"it takes {due}"
        )
