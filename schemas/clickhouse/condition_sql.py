"""Conditions on signals and dimensions as SQL over the view ``events``."""

from schemas.clickhouse.migrations import quote_name, quote_text
from schemas.monitors.conditions import All, Any, Comparison, Condition, Not, Present
from schemas.segments import is_dimension
from schemas.signals import column_of

_LABEL = "labels."


def condition_sql(condition: Condition) -> str:
    """The condition; what is absent is NULL, which Kleene's logic and SQL's treat alike.

    >>> condition_sql(Comparison(name="latency", operator=">", value=2.0))
    'latency > 2.0'
    >>> condition_sql(Present(name="use_case"))
    "nullIf(use_case, '') IS NOT NULL"
    """
    match condition:
        case Comparison(name=name, operator=operator, value=value):
            return f"{_operand(name)} {operator} {_constant(value)}"
        case Present(name=name):
            return f"{_operand(name)} IS NOT NULL"
        case Not(operand=Present(name=name)):
            return f"{_operand(name)} IS NULL"
        case Not(operand=operand):
            return f"NOT ({condition_sql(operand)})"
        case All(operands=operands):
            return "(" + " AND ".join(map(condition_sql, operands)) + ")"
        case Any(operands=operands):
            return "(" + " OR ".join(map(condition_sql, operands)) + ")"


def _operand(name: str) -> str:
    return f"nullIf({dimension(name)}, '')" if is_dimension(name) else column_of(name)


def _constant(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote_text(value) if isinstance(value, str) else repr(value)


def dimension(name: str) -> str:
    """The expression of a dimension.

    >>> dimension("service_name"), dimension("labels.tenant")
    ('service_name', "labels['tenant']")
    """
    if name.startswith(_LABEL):
        return f"labels[{quote_text(name.removeprefix(_LABEL))}]"
    if name.isidentifier() and name.isascii():
        return name
    return quote_name(name)
