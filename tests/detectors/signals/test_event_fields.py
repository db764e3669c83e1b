import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from schemas.events import GuardrailOutcome

Score = Callable[..., Mapping[str, Any]]


def test_tokens_per_second_count_from_the_first_token(score: Score) -> None:
    row = score(latency_seconds=3.0, time_to_first_token_seconds=1.0, usage_output_tokens=100)
    assert row["latency"] == 3.0
    assert row["ttft"] == 1.0
    assert row["tokens_per_second"] == 50.0


def test_tokens_per_second_without_a_first_token_take_the_whole_latency(score: Score) -> None:
    assert score(latency_seconds=4.0, usage_output_tokens=100)["tokens_per_second"] == 25.0


@pytest.mark.parametrize(
    ("latency", "first"), [(0.0, None), (1.0, 1.0), (1.0, 2.0), (1e-320, None)]
)
def test_tokens_per_second_are_absent_where_no_time_passed(
    score: Score, latency: float, first: float | None
) -> None:
    row = score(
        latency_seconds=latency, time_to_first_token_seconds=first, usage_output_tokens=2**53
    )
    assert row["tokens_per_second"] is None


def test_usage(score: Score) -> None:
    row = score(
        usage_input_tokens=10,
        usage_output_tokens=20,
        usage_cache_read_input_tokens=5,
        usage_reasoning_output_tokens=7,
        cost_usd=0.25,
    )
    names = ("tokens.input", "tokens.output", "tokens.cached", "tokens.reasoning", "cost")
    assert [row[name] for name in names] == [10, 20, 5, 7, 0.25]


def test_what_is_not_finite_is_absent(score: Score) -> None:
    row = score(latency_seconds=math.inf, cost_usd=math.nan)
    assert row["latency"] is None
    assert row["cost"] is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"response": "yes"}, True),
        ({"response": " \n"}, False),
        ({}, True),  # texts may be kept back
        ({"response": "", "operation_name": "embeddings"}, True),
        ({"response": "", "finish_reason": "tool_calls"}, True),
        ({"response": "yes", "status": "error"}, False),
    ],
)
def test_availability(score: Score, fields: dict[str, Any], expected: bool) -> None:
    row = score(**fields)
    assert row["availability"] is expected
    assert row["error"] is (fields.get("status") == "error")


@pytest.mark.parametrize(
    ("reason", "truncated"),
    [("length", True), ("MAX_TOKENS", True), ("stop", False), ("", None)],
)
def test_truncated_by_finish_reason(score: Score, reason: str, truncated: bool | None) -> None:
    row = score(finish_reason=reason)
    assert row["response.truncated"] is truncated
    assert row["finish_reason"] == (reason or None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"response": "\u3000 \t"}, True),
        ({"response": "x"}, False),
        ({}, None),
        ({"response": "", "finish_reason": "tool_use"}, None),
    ],
)
def test_empty(score: Score, fields: dict[str, Any], expected: bool | None) -> None:
    assert score(**fields)["response.empty"] is expected


def test_cache_retries_and_error_type(score: Score) -> None:
    row = score(cache_hit=True, retries=2, status="error", error_type="timeout")
    assert (row["cache_hit"], row["retries"], row["error_type"]) == (True, 2.0, "timeout")


def test_guardrails_name_the_worst_outcome(score: Score) -> None:
    outcomes = [
        GuardrailOutcome(name="pii", stage="after", outcome="redacted"),
        GuardrailOutcome(name="toxicity", stage="before", outcome="passed"),
    ]
    row = score(guardrails=outcomes)
    assert row["guardrail.outcome"] == "pii:redacted"
    assert row["guardrail.redacted"] is True
    assert row["guardrail.blocked"] is False
    blocked = GuardrailOutcome(name="topic", stage="before", outcome="blocked")
    assert score(guardrails=[*outcomes, blocked])["guardrail.outcome"] == "topic:blocked"


def test_contexts_count_where_retrieval_is_part_of_it(score: Score) -> None:
    assert score(contexts=["a", "b"])["contexts.count"] == 2
    assert score(use_case_kind="rag")["contexts.count"] == 0
    assert score()["contexts.count"] is None
