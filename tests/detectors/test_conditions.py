from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.conditions import ConditionError, compile_condition, indicator_columns
from schemas.monitors.conditions import All, Any, Comparison, Condition, Not, Present
from schemas.monitors.resolved import Indicator

FRAME = pl.DataFrame(
    {
        "latency": [1.0, 3.0, None],
        "error": [False, True, None],
        "request_model": ["a", "b", ""],
        "time": [datetime(2025, 1, 1, tzinfo=UTC)] * 3,
    }
)


def evaluate(condition: Condition, frame: pl.DataFrame = FRAME) -> list[bool | None]:
    compiled = compile_condition(condition, frame.schema)
    return frame.select(pl.int_range(pl.len()), value=compiled)["value"].to_list()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Comparison("latency", "<", 3.0), [True, False, None]),
        (Comparison("latency", "<=", 3), [True, True, None]),
        (Comparison("latency", ">", 1.0), [False, True, None]),
        (Comparison("latency", ">=", 3.0), [False, True, None]),
        (Comparison("latency", "=", 1.0), [True, False, None]),
        (Comparison("latency", "!=", 1.0), [False, True, None]),
        (Comparison("error", "=", True), [False, True, None]),
        (Comparison("request_model", "!=", "a"), [False, True, True]),
        (Present("latency"), [True, True, False]),
        (Not(Present("latency")), [False, False, True]),
        (All(()), [True, True, True]),
        (Any(()), [False, False, False]),
    ],
)
def test_conditions(condition: Condition, expected: list[bool | None]) -> None:
    assert evaluate(condition) == expected


LEAVES = {"t": True, "f": False, "n": None}
conditions = st.recursive(
    st.sampled_from(sorted(LEAVES)).map(lambda name: Comparison(name, "=", True)),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
    ),
    max_leaves=8,
)


def kleene(condition: Condition) -> bool | None:
    match condition:
        case Comparison():
            return LEAVES[condition.name]
        case Present():
            return LEAVES[condition.name] is not None
        case Not():
            value = kleene(condition.operand)
            return None if value is None else not value
    values = [kleene(operand) for operand in condition.operands]
    decisive = isinstance(condition, Any)
    if decisive in values:
        return decisive
    return None if None in values else not decisive


@given(conditions)
def test_logic_is_kleene_s(condition: Condition) -> None:
    frame = pl.DataFrame(
        {name: pl.Series([value], dtype=pl.Boolean) for name, value in LEAVES.items()}
    )
    assert evaluate(condition, frame) == [kleene(condition)]


def test_indicators() -> None:
    fast = Indicator(name="fast", good=Comparison("latency", "<", 2.0))
    of_b = Indicator(
        name="of_b",
        good=Comparison("latency", "<", 2.0),
        where=Comparison("request_model", "=", "b"),
    )
    unknown_where = Indicator(name="ok", good=All(()), where=Comparison("error", "=", False))
    frame = indicator_columns(FRAME, [fast, of_b, unknown_where])
    assert frame.to_dict(as_series=False) == {
        "sli.fast": [True, False, None],
        "sli.of_b": [None, False, None],
        "sli.ok": [True, None, None],
    }
    assert set(frame.dtypes) == {pl.Boolean}


def test_no_indicators_and_no_events() -> None:
    assert indicator_columns(FRAME, []).width == 0
    empty = indicator_columns(FRAME.clear(), [Indicator(name="all", good=All(()))])
    assert empty.shape == (0, 1)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Comparison("latncy", "<", 2.0), "'latncy' is no signal or dimension"),
        (Present("latncy"), "'latncy' is no signal or dimension"),
        (Comparison("latency", "<", "fast"), "takes a number"),
        (Comparison("latency", "=", True), "takes a number"),
        (Comparison("error", "=", 1.0), "takes '= true' or '= false'"),
        (Comparison("error", "<", True), "takes '= true' or '= false'"),
        (Comparison("request_model", "=", 4.0), "takes '=' or '!=' and a string"),
        (Comparison("time", "<", 4.0), "takes 'present' only"),
    ],
)
def test_conditions_that_do_not_fit_are_refused(condition: Condition, message: str) -> None:
    indicator = Indicator(name="mine", good=condition)
    with pytest.raises(ConditionError, match=message) as raised:
        indicator_columns(FRAME, [indicator])
    assert "indicator 'mine'" in str(raised.value)
