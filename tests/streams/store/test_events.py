"""Events come back as they were written: fields, texts, what is not to be stored."""

from datetime import timedelta

from clickhouse_connect.driver.client import Client

from detectors.redaction import redact_column
from schemas.events import Context, GuardrailOutcome, InferenceEvent, Message, ToolCall
from tests.streams.store.stored import NOW, inference, insert, row_of


def test_every_field_comes_back(store: Client) -> None:
    event = inference(
        time=NOW + timedelta(microseconds=123_456),
        use_case="search",
        use_case_kind="rag",
        deployment_environment_name="production",
        operation_name="chat",
        provider_name="p",
        request_model="m-1",
        response_model="m-1-2026",
        service_version="1.2",
        release_role="canary",
        experiment_arm="b",
        prompt_name="greet",
        prompt_version="7",
        conversation_id="c1",
        trace_id="t1",
        span_id="s1",
        user_id="u1",
        labels={"tenant": "acme", "region": ""},
        prompt=[Message(role="system", content="Be kind."), Message(role="user", content="Hällo")],
        system_prompt_hash="abc",
        response="",
        sampled_responses=["one", "two"],
        contexts=["bare", Context(text="full", id="d1", source="wiki", score=0.25)],
        tools=[ToolCall(name="look", arguments="{}", result="found", error_type="timeout")],
        reference_answer="yes",
        finish_reason="stop",
        status="error",
        error_type="rate_limit",
        latency_seconds=1.5,
        time_to_first_token_seconds=0.25,
        usage_input_tokens=2**53,
        usage_output_tokens=0,
        usage_cache_read_input_tokens=5,
        usage_reasoning_output_tokens=6,
        cost_usd=0.0123,
        cache_hit=False,
        retries=2,
        guardrails=[GuardrailOutcome(name="pii", stage="before", outcome="redacted", score=0.9)],
    )
    insert(store, [event, inference("other")])
    row = row_of(store, "e1")
    nested = {"labels", "prompt", "system_prompt", "contexts", "tools", "guardrails", "embeddings"}
    for name in set(InferenceEvent.__struct_fields__) - nested:
        assert row[name] == getattr(event, name), name
    assert row["labels"] == {"tenant": "acme", "region": ""}
    assert (row["prompt"], row["system_prompt"]) == ("Hällo", "Be kind.")
    assert row["contexts"] == ["bare", "full"]
    assert row["context_ids"] == ["", "d1"]
    assert row["context_sources"] == ["", "wiki"]
    assert row["context_scores"] == [None, 0.25]
    assert row["tool_names"] == ["look"]
    assert row["tool_error_types"] == ["timeout"]
    assert row["tool_arguments"] == ["{}"]
    assert row["tool_results"] == ["found"]
    assert row["guardrail_names"] == ["pii"]
    assert row["guardrail_stages"] == ["before"]
    assert row["guardrail_outcomes"] == ["redacted"]
    assert row["guardrail_scores"] == [0.9]
    assert row["detector_versions"] == "language=2,toxicity=1"
    assert (row["kafka_topic"], row["kafka_partition"], row["kafka_offset"]) == ("inference", 3, 0)
    assert row["scored_at"] == NOW
    assert row["response_refusal"] is True
    assert row["response_toxicity"] == 0.7
    assert row["prompt_words"] is None
    assert row["prompt_language"] == "de"
    assert row["prompt_embedding"] == [0.5, -1.0]


def test_what_is_unknown_is_null_or_empty(store: Client) -> None:
    insert(store, [inference()])
    row = row_of(store, "e1")
    unknown = ("prompt", "system_prompt", "response", "reference_answer", "latency_seconds")
    assert [row[name] for name in (*unknown, "usage_input_tokens", "cache_hit")] == [None] * 7
    assert [row[name] for name in ("labels", "contexts", "tool_names")] == [{}, [], []]


def test_texts_are_redacted_in_every_column(store: Client) -> None:
    mail = "write to ann@example.org"
    event = inference(
        prompt=mail,
        system_prompt=mail,
        response=mail,
        reference_answer=mail,
        sampled_responses=[mail],
        contexts=[mail, Context(text=mail)],
        tools=[ToolCall(name="t", arguments=mail, result=mail)],
    )
    insert(store, [event, inference("empty")], redact=redact_column)
    assert "ann@" not in repr(row_of(store, "e1"))
    assert repr(row_of(store, "e1")).count("<EMAIL>") == 9
    assert row_of(store, "empty")["prompt"] is None


def test_without_texts_nothing_that_was_said_is_stored(store: Client) -> None:
    secret = "nobody stores this"
    event = inference(
        prompt=secret,
        system_prompt=secret,
        response=secret,
        reference_answer=secret,
        sampled_responses=[secret],
        contexts=[Context(text=secret, id="d1")],
        tools=[ToolCall(name="t", arguments=secret, result=secret)],
    )
    insert(store, [event], store_texts=False)
    row = row_of(store, "e1")
    assert secret not in repr(row)
    assert (row["context_ids"], row["tool_names"]) == (["d1"], ["t"])
    assert row["response_toxicity"] == 0.7
