"""One sentence about every field of the inference event: for its JSON Schema and its page."""

from collections.abc import Mapping
from typing import Final

from schemas.wire.otel import ATTRIBUTES

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "event_id": "Identity of the inference; the same id twice is the same inference delivered "
    "twice.",
    "time": "When the request was made.",
    "service_name": "The application that called the model.",
    "schema_version": "Version of this schema.",
    "use_case": "What the application used the model for, in its own words.",
    "use_case_kind": "What sort of use that is; quality signals depend on it.",
    "deployment_environment_name": "Where the application runs, such as production or staging.",
    "operation_name": "The kind of call, such as chat, text_completion, embeddings or "
    "execute_tool.",
    "provider_name": "Who serves the model.",
    "request_model": "The model that was asked for.",
    "response_model": "The model that answered, as its provider names it.",
    "service_version": "Release of the application.",
    "release_role": "Whether the release is the stable one, a canary, a shadow or part of an "
    "experiment.",
    "experiment_arm": "The arm of the experiment that the inference belongs to.",
    "prompt_name": "Name of the prompt template.",
    "prompt_version": "Version of the prompt template.",
    "conversation_id": "The conversation that the inference is a turn of.",
    "trace_id": "The trace that the inference is part of.",
    "span_id": "The span of the inference in its trace.",
    "user_id": "The user on whose behalf the model was called, best as a pseudonym.",
    "labels": "Dimensions of the application's own; a label can be watched as labels.<name>.",
    "prompt": "What the model was asked: a text, or the turns of the conversation.",
    "system_prompt": "The instructions that come before the conversation.",
    "system_prompt_hash": "A hash of the instructions, where the text shall not be sent.",
    "response": "What the model answered.",
    "sampled_responses": "Further answers to the same prompt, for self-consistency.",
    "contexts": "Passages that were retrieved for the model to answer from.",
    "tools": "Tools that the model called, with what came back.",
    "reference_answer": "The answer that would have been right, where it is known.",
    "embeddings": "Embeddings that the application already has.",
    "finish_reason": "Why the model stopped, as its provider reports it.",
    "status": "Whether the call worked.",
    "error_type": "What kind of failure the call ended with.",
    "latency_seconds": "Seconds from the request to the complete response.",
    "time_to_first_token_seconds": "Seconds from the request to the first token of the response.",
    "usage_input_tokens": "Tokens the model read, cached ones included.",
    "usage_output_tokens": "Tokens the model wrote, reasoning included.",
    "usage_cache_read_input_tokens": "Input tokens that came from the provider's prompt cache.",
    "usage_reasoning_output_tokens": "Output tokens spent on reasoning that is not shown.",
    "cost_usd": "What the inference cost, in US dollars.",
    "cache_hit": "Whether the response came from the application's own cache.",
    "retries": "How often the call was repeated before this outcome.",
    "guardrails": "What guardrails did with the prompt or the response.",
}
"""Field of ``InferenceEvent`` to what it holds."""

OTEL_SOURCES: Final[Mapping[str, str]] = {
    **{field: f"`{attribute}`" for attribute, field in ATTRIBUTES.items()},
    "event_id": "the span's id",
    "time": "the span's start",
    "trace_id": "the span's trace",
    "span_id": "the span's id",
    "status": "`error` where `error.type` is set",
    "latency_seconds": "the span's end less its start",
    "finish_reason": "the first of `gen_ai.response.finish_reasons`",
    "prompt": "`gen_ai.input.messages`",
    "system_prompt": "`gen_ai.system_instructions`",
    "response": "`gen_ai.output.messages`",
}
"""Field of ``InferenceEvent`` to where it is in an OpenTelemetry span, in Markdown."""
