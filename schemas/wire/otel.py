"""OpenTelemetry spans as flat JSON: ``{"attributes": {"gen_ai.request.model": …}, …}``.

Envelope: ``trace_id``, ``span_id``, ``start_time``, ``end_time`` (RFC 3339), ``attributes`` (by
the GenAI semantic conventions) and optionally ``resource`` (resource attributes). The event's id
is the span's. Messages follow the conventions' ``gen_ai.input.messages`` / ``output.messages``
(a list, or the list as a JSON string) with text parts.
"""

from typing import Any, TypeVar

import msgspec

from schemas.events import InferenceEvent, Instant
from schemas.wire.errors import NOT_JSON, WireError, not_json

CONTENT_TYPE = "application/vnd.opentelemetry.genai+json"

ATTRIBUTES = {
    "service.name": "service_name",
    "service.version": "service_version",
    "deployment.environment.name": "deployment_environment_name",
    "gen_ai.operation.name": "operation_name",
    "gen_ai.provider.name": "provider_name",
    "gen_ai.request.model": "request_model",
    "gen_ai.response.model": "response_model",
    "gen_ai.conversation.id": "conversation_id",
    "gen_ai.prompt.name": "prompt_name",
    "gen_ai.usage.input_tokens": "usage_input_tokens",
    "gen_ai.usage.output_tokens": "usage_output_tokens",
    "gen_ai.usage.cache_read.input_tokens": "usage_cache_read_input_tokens",
    "gen_ai.usage.reasoning.output_tokens": "usage_reasoning_output_tokens",
    "error.type": "error_type",
    "user.id": "user_id",
}
"""Attribute to field of ``InferenceEvent``."""


class _Span(msgspec.Struct):
    span_id: str
    start_time: Instant
    attributes: dict[str, Any]
    trace_id: str = ""
    end_time: Instant | None = None
    resource: dict[str, Any] = {}


class _Part(msgspec.Struct):
    type: str
    content: Any = None


class _Turn(msgspec.Struct):
    role: str
    parts: list[_Part] = []


T = TypeVar("T")
_span = msgspec.json.Decoder(_Span)


def decode_event(data: bytes) -> InferenceEvent:
    """Read one span. Raises :class:`WireError`."""
    if not data:
        raise WireError("empty", "the message has no value")
    try:
        span = _span.decode(data)
        attributes = {**span.resource, **span.attributes}
        fields: dict[str, Any] = {
            field: attributes[name] for name, field in ATTRIBUTES.items() if name in attributes
        }
        system = _read(attributes, "gen_ai.system_instructions", list[_Part])
        reasons = attributes.get("gen_ai.response.finish_reasons") or [""]
        asked = _read(attributes, "gen_ai.input.messages", list[_Turn])
        said = _read(attributes, "gen_ai.output.messages", list[_Turn])
        fields |= {
            "event_id": span.span_id,
            "time": span.start_time,
            "trace_id": span.trace_id,
            "span_id": span.span_id,
            "status": "error" if fields.get("error_type") else "ok",
            "finish_reason": reasons[0] if isinstance(reasons, list) else reasons,
            "prompt": None if asked is None else [_message(turn) for turn in asked],
            "system_prompt": _text(system) if system else None,
            "response": None if said is None else "\n".join(_text(turn.parts) for turn in said),
        }
        if span.end_time is not None:
            fields["latency_seconds"] = (span.end_time - span.start_time).total_seconds()
        return msgspec.convert(fields, InferenceEvent)
    except msgspec.ValidationError as error:
        raise WireError("invalid", str(error)) from None
    except NOT_JSON as error:
        raise not_json(data, error) from None


def _read(attributes: dict[str, Any], name: str, kind: type[T]) -> T | None:
    """An attribute that is structured, or the same as a JSON string."""
    value = attributes.get(name)
    if value is None:
        return None
    try:
        parsed = msgspec.json.decode(value) if isinstance(value, str) else value
        return msgspec.convert(parsed, kind)
    except NOT_JSON as error:
        raise WireError("invalid", f"{name}: {error}") from None


def _message(turn: _Turn) -> dict[str, str]:
    return {"role": turn.role, "content": _text(turn.parts)}


def _text(parts: list[_Part]) -> str:
    """The parts that are text, joined."""
    texts = [part.content for part in parts if part.type == "text"]
    if not all(isinstance(text, str) for text in texts):
        raise WireError("invalid", "a part of type text has no content that is a string")
    return "\n".join(texts)
