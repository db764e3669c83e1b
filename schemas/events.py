"""The inference event: one call of a language model, as its application saw it.

A field that has an OpenTelemetry attribute carries its name: the attribute's, without a leading
``gen_ai.``, dots turned into underscores (``gen_ai.request.model`` is ``request_model``,
``service.name`` is ``service_name``). Durations are seconds and say so.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA_VERSION = 1

Identifier = Annotated[str, Meta(min_length=1, max_length=256)]
Name = Annotated[str, Meta(max_length=256)]
Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339 date and time with its offset")]
Amount = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Probability = Annotated[float, Meta(ge=0, le=1)]

UseCaseKind = Literal[
    "general", "rag", "agent", "judge", "router", "guardrail", "extraction", "embedding"
]
ReleaseRole = Literal["stable", "canary", "shadow", "experiment"]
Status = Literal["ok", "error"]


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """One turn of a conversation."""

    role: Name
    content: str = ""


class Context(Struct, frozen=True, kw_only=True, gc=False):
    """A passage that was retrieved for the model to answer from."""

    text: str
    id: Name = ""
    source: Name = ""
    score: float | None = None


class ToolCall(Struct, frozen=True, kw_only=True, gc=False):
    """A tool the model called, with what came back."""

    name: Name
    arguments: str = ""
    result: str = ""
    error_type: Name = ""


class GuardrailOutcome(Struct, frozen=True, kw_only=True, gc=False):
    """What a guardrail did with the prompt (before the model) or with the response (after it)."""

    name: Name
    stage: Literal["before", "after"]
    outcome: Literal["passed", "redacted", "blocked"]
    score: float | None = None


class Embeddings(Struct, frozen=True, kw_only=True, gc=False):
    """Embeddings the application already has, and the model that made them."""

    model: Identifier
    prompt: list[float] | None = None
    response: list[float] | None = None
    contexts: list[list[float]] | None = None


class InferenceEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One inference. Only ``event_id``, ``time`` and ``service_name`` are required.

    The same ``event_id`` twice is the same inference twice delivered. Absent means unknown:
    a latency that was not measured is ``None``, never 0.
    """

    event_id: Identifier
    time: Instant
    service_name: Identifier
    schema_version: int = SCHEMA_VERSION

    # Where it comes from
    use_case: Name = ""
    use_case_kind: UseCaseKind = "general"
    deployment_environment_name: Name = ""
    operation_name: Name = "chat"
    provider_name: Name = ""
    request_model: Name = ""
    response_model: Name = ""
    service_version: Name = ""
    release_role: ReleaseRole = "stable"
    experiment_arm: Name = ""
    prompt_name: Name = ""
    prompt_version: Name = ""
    conversation_id: Name = ""
    trace_id: Name = ""
    span_id: Name = ""
    user_id: Name = ""
    labels: dict[Name, Name] = {}

    # What was said
    prompt: str | list[Message] | None = None
    system_prompt: str | None = None
    system_prompt_hash: Name = ""
    response: str | None = None
    sampled_responses: list[str] = []
    contexts: list[str | Context] = []
    tools: list[ToolCall] = []
    reference_answer: str | None = None
    embeddings: Embeddings | None = None

    # How it went
    finish_reason: Name = ""
    status: Status = "ok"
    error_type: Name = ""
    latency_seconds: Amount | None = None
    time_to_first_token_seconds: Amount | None = None
    usage_input_tokens: Count | None = None
    usage_output_tokens: Count | None = None
    usage_cache_read_input_tokens: Count | None = None
    usage_reasoning_output_tokens: Count | None = None
    cost_usd: Amount | None = None
    cache_hit: bool | None = None
    retries: Count | None = None
    guardrails: list[GuardrailOutcome] = []
