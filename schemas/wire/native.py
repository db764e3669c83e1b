"""Tidewatch's own format: one JSON object with the fields of ``InferenceEvent``."""

import msgspec

from schemas.events import SCHEMA_VERSION, InferenceEvent
from schemas.wire.errors import NOT_JSON, WireError, not_json

CONTENT_TYPE = "application/json"


class _Version(msgspec.Struct):
    schema_version: object = SCHEMA_VERSION


_event = msgspec.json.Decoder(InferenceEvent)
_version = msgspec.json.Decoder(_Version)
encode_event = msgspec.json.Encoder().encode


def decode_event(data: bytes) -> InferenceEvent:
    """Read one event. Raises :class:`WireError` with the path of what is wrong.

    >>> decode_event(b'{"event_id": "e1", "time": "2026-01-01T00:00:00Z"}')
    Traceback (most recent call last):
    schemas.wire.errors.WireError: Object missing required field `service_name`
    """
    if not data:
        raise WireError("empty", "the message has no value")
    try:
        event = _event.decode(data)
    except msgspec.ValidationError as error:
        raise _refusal(data, str(error)) from None
    except NOT_JSON as error:
        raise not_json(data, error) from None
    if event.schema_version != SCHEMA_VERSION:
        raise _unknown_version(event.schema_version)
    return event


def _refusal(data: bytes, detail: str) -> WireError:
    """Tell an event of an unknown version from a wrong one: its fields may be other ones."""
    try:
        version = _version.decode(data).schema_version
    except msgspec.ValidationError:
        version = SCHEMA_VERSION
    except NOT_JSON as error:
        # What is wrong with a field was seen before what is wrong with the text behind it.
        return not_json(data, error)
    return WireError("invalid", detail) if version == SCHEMA_VERSION else _unknown_version(version)


def _unknown_version(version: object) -> WireError:
    return WireError(
        "unknown_schema_version",
        f"schema_version {version!r} is not known here (known: {SCHEMA_VERSION}): "
        "upgrade Tidewatch before its producers",
    )
