"""The contracts as JSON Schema (draft 2020-12), and the page about the event's fields.

``python -m schemas.export docs`` writes them; the committed files are checked against this.
"""

import json
import sys
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from schemas.alerts import Alert
from schemas.audit import AuditEntry
from schemas.changes import Change
from schemas.dead_letters import DeadLetter
from schemas.deliveries import Delivery
from schemas.event_fields import DESCRIPTIONS, OTEL_SOURCES
from schemas.events import InferenceEvent
from schemas.feedback import Feedback
from schemas.monitors.decode import Document
from schemas.panes import PaneBatch
from schemas.windows import Window

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

CONTRACTS: Final[Mapping[str, type[Struct] | UnionType]] = {
    "event": InferenceEvent,
    "feedback": Feedback,
    "change": Change,
    "dead-letter": DeadLetter,
    "pane-batch": PaneBatch,
    "window": Window,
    "alert": Alert,
    "delivery": Delivery,
    "audit-entry": AuditEntry,
    "monitor": Document,
}
"""Name of the file to the contract."""

_TITLES: Final[Mapping[str, str]] = {
    "dead-letter": "A refused message. On Kafka, reason and origin are headers; bytes are base64 "
    "here.",
    "monitor": "A document of a monitors folder: OpenSLO v1, or Tidewatch's own kinds.",
    "pane-batch": "A message of the panes topic, in MessagePack.",
    "window": "A message of the windows topic, in MessagePack.",
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one of ``CONTRACTS``.

    >>> json_schema("event")["$defs"]["InferenceEvent"]["required"]
    ['event_id', 'time', 'service_name']
    """
    contract = CONTRACTS[name]
    kinds = get_args(contract) or [contract]
    roots, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    root = roots[0] if len(roots) == 1 else {"anyOf": list(roots)}
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])
    if name == "event":
        for field, schema in definitions["InferenceEvent"]["properties"].items():
            schema["description"] = DESCRIPTIONS[field]
    titled = {"description": _TITLES[name]} if name in _TITLES else {}
    return {"$schema": DIALECT, "title": name, **titled, **root, "$defs": definitions}


def events_page() -> str:
    """The Markdown page about the fields of the inference event."""
    required = set(json_schema("event")["$defs"]["InferenceEvent"]["required"])
    rows = [
        f"| `{field}` | {'yes' if field in required else ''} | {DESCRIPTIONS[field]} "
        f"| {OTEL_SOURCES.get(field, '')} |"
        for field in InferenceEvent.__struct_fields__
    ]
    return "\n".join(
        [
            "# The inference event",
            "",
            "An application sends one JSON object an inference to the topic `inference`. Only",
            "`event_id`, `time` and `service_name` are required; what is absent is unknown, and a",
            "signal that needs it is absent too. Its JSON Schema is",
            "[schemas/event.json](schemas/event.json).",
            "",
            "A field that OpenTelemetry's conventions for generative AI know carries their name,",
            "without a leading `gen_ai.` and with dots as underscores. Spans that are sent as they",
            "are, with the header `content-type: application/vnd.opentelemetry.genai+json`, are",
            "read as the last column says.",
            "",
            "| Field | Required | What it holds | In an OpenTelemetry span |",
            "|---|---|---|---|",
            *rows,
            "",
            "<!-- Written by `python -m schemas.export docs`. -->",
            "",
        ]
    )


def exported() -> dict[str, str]:
    """Every file that is exported, by its path below the documentation's folder."""
    files = {
        f"schemas/{name}.json": json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"
        for name in CONTRACTS
    }
    return {**files, "events.md": events_page()}


def write(folder: Path) -> None:
    """Write every exported file below ``folder``."""
    for name, text in exported().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
