import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.monitors.conditions import All, Any, Comparison, Condition, Not, Operator, Present
from schemas.monitors.parse_condition import ConditionError, format_condition, parse_condition
from tests.schemas.monitors.signals import SIGNALS


def parse(text: str) -> Condition:
    return parse_condition(text, signals=SIGNALS)


def comparison(name: str, operator: Operator, value: float | str | bool) -> Comparison:
    return Comparison(name=name, operator=operator, value=value)


LATENCY = comparison("latency", "<", 0.8)
TRUNCATED = comparison("response.truncated", "=", True)
AVAILABLE = comparison("availability", "=", True)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("latency < 800ms", LATENCY),
        ("latency<0.8", LATENCY),
        ("latency >= 2m", comparison("latency", ">=", 120.0)),
        ("wait <= 1.5s", comparison("wait", "<=", 1500.0)),
        ("response.hallucination < 50%", comparison("response.hallucination", "<", 0.5)),
        ("tokens.output > 2k", comparison("tokens.output", ">", 2000.0)),
        ("cost < 1e-3", comparison("cost", "<", 0.001)),
        ("cost = -.5", comparison("cost", "=", -0.5)),
        ("availability", AVAILABLE),
        ("availability == TRUE", AVAILABLE),
        ("availability != true", comparison("availability", "!=", True)),
        ("error = false", comparison("error", "=", False)),
        ("finish_reason != 'length'", comparison("finish_reason", "!=", "length")),
        ("finish_reason = 'it''s'", comparison("finish_reason", "=", "it's")),
        ('labels.tenant-id = "a ""b"" c"', comparison("labels.tenant-id", "=", 'a "b" c')),
        ("ttft present", Present(name="ttft")),
        ("prompt.embedding PRESENT", Present(name="prompt.embedding")),
        ("not not availability", Not(operand=Not(operand=AVAILABLE))),
        (
            "latency < 0.8 and not response.truncated",
            All(operands=(LATENCY, Not(operand=TRUNCATED))),
        ),
        (
            "request_model = 'm1' or use_case = \"rag\" and availability",
            Any(
                operands=(
                    comparison("request_model", "=", "m1"),
                    All(operands=(comparison("use_case", "=", "rag"), AVAILABLE)),
                )
            ),
        ),
        (
            "(availability or response.truncated)\n  and latency < 0.8",
            All(operands=(Any(operands=(AVAILABLE, TRUNCATED)), LATENCY)),
        ),
    ],
)
def test_conditions(text: str, condition: Condition) -> None:
    assert parse(text) == condition


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("", "expected a signal or dimension, found 'the end'", 1),
        ("latncy < 1", "unknown signal or dimension 'latncy'; did you mean 'latency'?", 1),
        ("availability and request_mode = 'a'", "did you mean 'request_model'?", 18),
        ("latency", "expected an operator or 'present' after 'latency'", 8),
        ("latency < fast", "expected a number, found 'fast'", 11),
        ("latency < 5%", "is not a time: use ms, s, m, h, d", 11),
        ("cost < 5s", "does not fit the unit '{USD}'", 8),
        ("latency < 1e999", "is too large a number", 11),
        ("availability < true", "is a flag: compare it by = or !=", 14),
        ("availability = 1", "expected true or false, found '1'", 16),
        ("finish_reason = length", "expected a quoted text, found 'length'; write 'length'", 17),
        ("finish_reason > 'a'", "is text: compare it by = or !=", 15),
        ("finish_reason = 'length", "a text that does not end", 17),
        ("prompt.embedding = 1", "is a vector: only 'present' applies", 18),
        ("availability && error", "unknown operator '&&'; write 'and'", 14),
        ("!availability", "found '!'; write 'not'", 1),
        ("latency <> 1", "unknown operator '<>'; write '!='", 9),
        ("(availability", "expected ')', found 'the end'", 14),
        ("availability)", "found ')'", 13),
        ("1 < latency", "expected a signal or dimension, found '1'", 1),
        ("availability and", "found 'the end'", 17),
        ("latency < 1 ; drop", "unexpected ';'", 13),
        ("(" * 40 + "availability" + ")" * 40, "nested deeper than 32", 34),
        ("not " * 40 + "availability", "nested deeper than 32", 133),
        ("availability or " * 400 + "error", "at most 4000 are read", 4000),
    ],
)
def test_errors_tell_what_and_where(text: str, message: str, column: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert message in str(caught.value)
    assert caught.value.column == column
    assert str(caught.value).endswith(f"(column {column})")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
NAMES = {
    kind: [signal.name for signal in SIGNALS if signal.kind in kind.split()]
    for kind in ("amount score", "flag", "category")
}
TEXT_NAMES = [*NAMES["category"], "service_name", "request_model", "labels.tenant"]
LEAVES = st.one_of(
    st.builds(
        Comparison,
        name=st.sampled_from(NAMES["amount score"]),
        operator=st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        value=NUMBERS,
    ),
    st.builds(
        Comparison,
        name=st.sampled_from(NAMES["flag"]),
        operator=st.sampled_from(["=", "!="]),
        value=st.booleans(),
    ),
    st.builds(
        Comparison,
        name=st.sampled_from(TEXT_NAMES),
        operator=st.sampled_from(["=", "!="]),
        value=st.text(max_size=20),
    ),
    st.builds(Present, name=st.sampled_from([signal.name for signal in SIGNALS])),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, operand=inner),
        st.builds(All, operands=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Any, operands=st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_what_is_written_is_read_back(condition: Condition) -> None:
    assert parse(format_condition(condition)) == condition


@given(CONDITIONS)
def test_writing_what_was_read_changes_nothing(condition: Condition) -> None:
    text = format_condition(condition)
    assert format_condition(parse(text)) == text


PIECES = [
    *("latency", "availability", "finish_reason", "labels.x", "and", "or", "not", "present"),
    *("(", ")", "<", "<=", "=", "!=", "==", "&&", ".", "-", "+", "1", "800ms", "5%", "1e"),
    *("9e999", "1e9999999999", "k", "true", "'a'", "'", '"', "\n"),
]
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)
)


@given(TEXTS)
def test_nothing_but_a_condition_error_is_raised(text: str) -> None:
    try:
        condition = parse(text)
    except ConditionError as error:
        assert 1 <= error.column <= len(text) + 1  # noqa: PT017
    else:
        assert parse(format_condition(condition)) == condition


@given(NUMBERS)
def test_numbers_keep_every_bit(number: float) -> None:
    read = parse(format_condition(comparison("cost", "<", number)))
    assert isinstance(read, Comparison)
    assert read.value == number
    assert math.copysign(1, float(read.value)) == math.copysign(1, number)
