"""The condition language: text to :data:`~schemas.monitors.conditions.Condition`.

Grammar, loosest binding first::

    condition  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | "(" condition ")" | comparison
    comparison = name | name "present" | name operator value
    operator   = "<" | "<=" | ">" | ">=" | "=" | "==" | "!="
    value      = number [unit] | "true" | "false" | 'text' | "text"

A name alone is a flag that holds. A quote within a text is written twice.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, NoReturn

from schemas.monitors.conditions import All, Any, Comparison, Condition, Not, Operator, Present
from schemas.monitors.problems import did_you_mean
from schemas.monitors.quantity import NUMBER, parse_quantity
from schemas.segments import FIELD_DIMENSIONS, is_dimension
from schemas.signals import Signal

LONGEST_CONDITION: Final = 4000
DEEPEST_NESTING: Final = 32

_KEYWORDS = frozenset({"and", "or", "not", "present", "true", "false"})
_OPERATORS: Mapping[str, Operator] = {
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "=": "=",
    "==": "=",
    "!=": "!=",
}
_OTHER_LANGUAGES = {"&&": "and", "||": "or", "!": "not", "<>": "!=", "&": "and", "|": "or"}
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    |(?P<number>{NUMBER}[A-Za-z%]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_/-]+)*)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<operator><>|<=|>=|==|!=|&&|\|\||[<>=!&|])
    |(?P<parenthesis>[()])
    """,
    re.VERBOSE,
)


class ConditionError(ValueError):
    """A condition that cannot be understood; ``column`` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.column = column


class _Token(NamedTuple):
    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        """The keyword in lower case, or nothing."""
        lower = self.text.lower()
        return lower if self.kind == "word" and lower in _KEYWORDS else ""


def parse_condition(text: str, *, signals: Collection[Signal]) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text
        The condition, for example ``latency < 800ms and not response.truncated``.
    signals
        The signals that events have; besides them a condition may name dimensions
        (:func:`schemas.segments.is_dimension`), which hold text.

    Raises
    ------
    ConditionError
        When the text does not follow the grammar, names something unknown, or compares a signal
        with what its kind cannot be compared with.

    >>> latency = Signal(name="latency", kind="amount", unit="s", description="Latency.")
    >>> parse_condition("latency < 800ms", signals=[latency])
    Comparison(name='latency', operator='<', value=0.8)
    """
    if len(text) > LONGEST_CONDITION:
        raise ConditionError(
            f"the condition has {len(text)} characters, at most {LONGEST_CONDITION} are read",
            LONGEST_CONDITION,
        )
    parser = _Parser(_tokens(text), {signal.name: signal for signal in signals})
    condition = parser.condition(0)
    if parser.token.kind != "end":
        parser.fail(f"expected 'and', 'or' or the end, found {parser.token.text!r}")
    return condition


def _tokens(text: str) -> list[_Token]:
    tokens = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            found = text[position]
            what = "a text that does not end" if found in "'\"" else f"unexpected {found!r}"
            raise ConditionError(what, position + 1)
        if match.lastgroup and match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup, match[0], position + 1))
        position = match.end()
    tokens.append(_Token("end", "the end", len(text) + 1))
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[_Token], signals: Mapping[str, Signal]) -> None:
        self._tokens = tokens
        self._at = 0
        self._signals = signals

    @property
    def token(self) -> _Token:
        return self._tokens[self._at]

    def fail(self, message: str) -> NoReturn:
        raise ConditionError(message, self.token.column)

    def _next(self) -> _Token:
        token = self.token
        self._at += 1
        return token

    def condition(self, depth: int) -> Condition:
        operands = [self._conjunction(depth)]
        while self.token.keyword == "or":
            self._next()
            operands.append(self._conjunction(depth))
        return operands[0] if len(operands) == 1 else Any(operands=tuple(operands))

    def _conjunction(self, depth: int) -> Condition:
        operands = [self._negation(depth)]
        while self.token.keyword == "and":
            self._next()
            operands.append(self._negation(depth))
        return operands[0] if len(operands) == 1 else All(operands=tuple(operands))

    def _negation(self, depth: int) -> Condition:
        if depth > DEEPEST_NESTING:
            self.fail(f"nested deeper than {DEEPEST_NESTING}")
        if self.token.keyword == "not":
            self._next()
            return Not(operand=self._negation(depth + 1))
        if self.token.text == "(":
            self._next()
            inner = self.condition(depth + 1)
            if self.token.text != ")":
                self.fail(f"expected ')', found {self.token.text!r}")
            self._next()
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        token = self.token
        if token.kind != "word" or token.keyword:
            hint = _OTHER_LANGUAGES.get(token.text)
            self.fail(
                f"expected a signal or dimension, found {token.text!r}"
                + (f"; write {hint!r}" if hint else "")
            )
        signal = self._signals.get(token.text)
        if signal is None and not is_dimension(token.text):
            hint = did_you_mean(token.text, {*self._signals, *FIELD_DIMENSIONS})
            self.fail(f"unknown signal or dimension {token.text!r}{hint}")
        self._next()
        if self.token.keyword == "present":
            self._next()
            return Present(name=token.text)
        if self.token.kind == "operator":
            return self._compared(token.text, signal)
        if signal is not None and signal.kind == "flag":
            return Comparison(name=token.text, operator="=", value=True)
        return self.fail(f"expected an operator or 'present' after {token.text!r}")

    def _compared(self, name: str, signal: Signal | None) -> Comparison:
        operator = _OPERATORS.get(self.token.text)
        if operator is None:
            hint = _OTHER_LANGUAGES[self.token.text]
            self.fail(f"unknown operator {self.token.text!r}; write {hint!r}")
        operator_token = self._next()
        kind = signal.kind if signal is not None else "category"
        if kind == "vector":
            raise ConditionError(
                f"{name!r} is a vector: only 'present' applies", operator_token.column
            )
        if kind in {"flag", "category"} and operator not in {"=", "!="}:
            what = "a flag" if kind == "flag" else "text"
            raise ConditionError(
                f"{name!r} is {what}: compare it by = or !=", operator_token.column
            )
        return Comparison(name=name, operator=operator, value=self._value(name, kind, signal))

    def _value(self, name: str, kind: str, signal: Signal | None) -> float | str | bool:
        token = self.token
        if kind == "flag":
            if token.keyword not in {"true", "false"}:
                self.fail(f"{name!r} is a flag: expected true or false, found {token.text!r}")
            return self._next().keyword == "true"
        if kind == "category":
            if token.kind != "text":
                quote = f"; write '{token.text}'" if token.kind in {"word", "number"} else ""
                self.fail(f"{name!r} is text: expected a quoted text, found {token.text!r}{quote}")
            quoted = self._next().text
            return quoted[1:-1].replace(quoted[0] * 2, quoted[0])
        if token.kind != "number" or signal is None:
            self.fail(f"{name!r} is a number: expected a number, found {token.text!r}")
        try:
            number = parse_quantity(token.text, signal.unit)
        except ValueError as error:
            self.fail(str(error))
        self._next()
        return number


def format_condition(condition: Condition) -> str:
    """The condition as text that :func:`parse_condition` reads back, numbers in signals' units.

    >>> format_condition(Not(operand=Comparison(name="latency", operator="<", value=0.8)))
    'not latency < 0.8'
    """
    match condition:
        case Comparison(name=name, operator="=", value=True):
            return name
        case Comparison(name=name, operator=operator, value=value):
            return f"{name} {operator} {_format_value(value)}"
        case Present(name=name):
            return f"{name} present"
        case Not(operand=operand):
            return f"not {_within(operand, (All, Any))}"
        case All(operands=operands):
            return " and ".join(_within(operand, (All, Any)) for operand in operands)
        case Any(operands=operands):
            return " or ".join(_within(operand, (Any,)) for operand in operands)


def _within(operand: Condition, parenthesised: tuple[type, ...]) -> str:
    text = format_condition(operand)
    return f"({text})" if isinstance(operand, parenthesised) else text


def _format_value(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(float(value)).removesuffix(".0")
