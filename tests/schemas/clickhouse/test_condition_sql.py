"""A condition as SQL chooses the events that it chooses among scored ones."""

from collections.abc import Callable

import chdb
import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.conditions import compile_condition
from schemas.clickhouse.condition_sql import condition_sql
from schemas.monitors.conditions import All, Any, Comparison, Condition, Not, Present

TEXTS = ("a", "it's", "back\\slash", "{x:String} %s", "")
FRAME = pl.DataFrame(
    {
        "latency": [0.5, 2.0, None, 3.0, -1.0] * 2,
        "response.cached": [True, False, None, None, True, False, True, False, None, True],
        "prompt.topic": ["a", None, "it's", "back\\slash", "{x:String} %s"] * 2,
        "use_case": [None, "a", "it's", "b", None, "a", "a", None, "b", "c"],
        "labels.te'nant": ["a", None] * 5,
    }
)
_STORED = {name: name.replace(".", "_") for name in FRAME.columns if "labels" not in name}

comparisons = st.one_of(
    st.builds(
        Comparison,
        name=st.just("latency"),
        operator=st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        value=st.sampled_from([-1.0, 0.5, 2.0, 1e-9]),
    ),
    st.builds(
        Comparison,
        name=st.just("response.cached"),
        operator=st.sampled_from(["=", "!="]),
        value=st.booleans(),
    ),
    st.builds(
        Comparison,
        name=st.sampled_from(["prompt.topic", "use_case", "labels.te'nant"]),
        operator=st.sampled_from(["=", "!="]),
        value=st.sampled_from(TEXTS),
    ),
    st.builds(Present, name=st.sampled_from(FRAME.columns)),
)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, operand=inner),
        st.builds(All, operands=several),
        st.builds(Any, operands=several),
    )


conditions = st.recursive(comparisons, _joined, max_leaves=6)


@pytest.fixture(scope="module")
def chosen() -> Callable[[str], list[int]]:
    """The rows of the frame that fulfil a condition in SQL."""
    rows = [
        {_STORED[name]: value for name, value in row.items() if name in _STORED}
        | {"use_case": row["use_case"] or "", "row": number}
        | {"labels": {"te'nant": row["labels.te'nant"]} if row["labels.te'nant"] else {}}
        for number, row in enumerate(FRAME.iter_rows(named=True))
    ]
    data = "\n".join(msgspec.json.encode(row).decode() for row in rows)
    text = data.replace("\\", "\\\\").replace("'", "\\'")
    table = (
        f"SELECT row FROM format(JSONEachRow, 'row UInt32, latency Nullable(Float64), "
        "response_cached Nullable(Bool), prompt_topic LowCardinality(Nullable(String)), "
        f"use_case String, labels Map(String, String)', '{text}') WHERE "
    )
    return lambda sql: [
        int(line) for line in str(chdb.query(table + sql + " ORDER BY row", "CSV")).split()
    ]


@settings(max_examples=150, deadline=None)
@given(condition=conditions)
def test_sql_chooses_what_scoring_chooses(
    chosen: Callable[[str], list[int]], condition: Condition
) -> None:
    fulfilled = FRAME.select(compile_condition(condition, FRAME.schema).alias("it"))["it"]
    expected = [row for row, holds in enumerate(fulfilled) if holds]
    assert chosen(condition_sql(condition)) == expected
