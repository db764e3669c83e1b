"""OpenTelemetry spans as flat JSON: ``{"attributes": {"gen_ai.request.model": …}, …}``.

Envelope: ``trace_id``, ``span_id``, ``start_time``, ``end_time`` (RFC 3339), ``attributes`` (by
the GenAI semantic conventions) and optionally ``resource`` (resource attributes). The event's id
is the span's. Messages follow the conventions' ``gen_ai.input.messages`` / ``output.messages``
(a list, or the list as a JSON string) with text parts.
"""

from datetime import datetime
from typing import Any

import msgspec

from schemas.events import InferenceEvent
from schemas.wire.errors import WireError

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
    start_time: datetime
    attributes: dict[str, Any]
    trace_id: str = ""
    end_time: datetime | None = None
    resource: dict[str, Any] = {}


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
        system = _texts(attributes.get("gen_ai.system_instructions"))
        reasons = attributes.get("gen_ai.response.finish_reasons") or [""]
        fields |= {
            "event_id": span.span_id,
            "time": span.start_time,
            "trace_id": span.trace_id,
            "span_id": span.span_id,
            "status": "error" if fields.get("error_type") else "ok",
            "finish_reason": reasons[0] if isinstance(reasons, list) else reasons,
            "prompt": _messages(attributes.get("gen_ai.input.messages")),
            "system_prompt": "\n".join(system) if system else None,
            "response": _joined(attributes.get("gen_ai.output.messages")),
        }
        if span.end_time is not None:
            fields["latency_seconds"] = (span.end_time - span.start_time).total_seconds()
        return msgspec.convert(fields, InferenceEvent)
    except (msgspec.ValidationError, TypeError, AttributeError) as error:
        raise WireError("invalid", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("not_json", str(error)) from None


def _parsed(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def _texts(parts: Any) -> list[str]:
    """The texts of a list of parts."""
    return [part["content"] for part in _parsed(parts) or [] if part.get("type") == "text"]


def _messages(messages: Any) -> list[dict[str, str]] | None:
    parsed = _parsed(messages)
    if parsed is None:
        return None
    return [{"role": m["role"], "content": "\n".join(_texts(m.get("parts")))} for m in parsed]


def _joined(messages: Any) -> str | None:
    parsed = _messages(messages)
    return None if parsed is None else "\n".join(message["content"] for message in parsed)
