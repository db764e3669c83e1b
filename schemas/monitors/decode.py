"""A plain document to its typed struct, with errors that name the field and the remedy."""

import re
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from schemas.monitors.openslo import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    DataSource,
    OpenSLODocument,
    Service,
)
from schemas.monitors.own_comparison import ComparisonMonitorDocument
from schemas.monitors.own_drift import DriftMonitorDocument
from schemas.monitors.own_guardrail import GuardrailMonitorDocument
from schemas.monitors.own_kinds import (
    TIDEWATCH_VERSION,
    NoDataMonitorDocument,
    OwnDocument,
    ReceiverDocument,
    ThresholdMonitorDocument,
)
from schemas.monitors.problems import did_you_mean

Document = (
    OpenSLODocument
    | OwnDocument
    | GuardrailMonitorDocument
    | DriftMonitorDocument
    | ComparisonMonitorDocument
)

OPENSLO_VERSION: Final = "openslo/v1"
KINDS: Final[Mapping[str, Mapping[str, type[Document]]]] = {
    OPENSLO_VERSION: {
        "SLO": SLO,
        "SLI": SLI,
        "Service": Service,
        "DataSource": DataSource,
        "AlertPolicy": AlertPolicy,
        "AlertCondition": AlertCondition,
        "AlertNotificationTarget": AlertNotificationTarget,
    },
    TIDEWATCH_VERSION: {
        "ThresholdMonitor": ThresholdMonitorDocument,
        "NoDataMonitor": NoDataMonitorDocument,
        "GuardrailMonitor": GuardrailMonitorDocument,
        "DriftMonitor": DriftMonitorDocument,
        "ComparisonMonitor": ComparisonMonitorDocument,
        "Receiver": ReceiverDocument,
    },
}
"""The documents that are read: API version, kind, struct."""

_AT = re.compile(r"(?P<message>.*?) - at `(?P<path>.*)`", re.DOTALL)
_KEY_AT = re.compile(r"key` in `\$(?P<path>.*)")
_FIELD = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<name>.*)`")
_BOUND = re.compile(r"Expected `(?:float|int)` (?P<operator><=|<|>=|>) (?P<bound>\S+)")
_STEP = re.compile(r"\[(\d+)\]|\[\.\.\.\]|\.([^.\[\]]+)")
_OUTSIDE = {"<": "not below", "<=": "above", ">": "not above", ">=": "below"}
_PLAIN_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "true or false"),
    (int, "a number"),
    (float, "a number"),
    (str, "text"),
    (dict, "a mapping"),
    (list, "a list"),
)


class DecodeError(ValueError):
    """A document that is not of its kind: ``path`` of the field, and what is wrong with it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


def decode_document(value: Any) -> Document:
    """The typed struct of a plain document. A field that is null counts as absent.

    Raises :class:`DecodeError` for the first thing that does not fit.
    """
    if not isinstance(value, dict):
        raise DecodeError("", f"expected a document, found {_named(value)}")
    version = value.get("apiVersion")
    kinds = KINDS.get(version) if isinstance(version, str) else None
    if kinds is None:
        found = "is required" if version is None else f"{version!r} is not read"
        raise DecodeError("apiVersion", f"{found}: use {' or '.join(KINDS)}")
    kind = value.get("kind")
    struct = kinds.get(kind) if isinstance(kind, str) else None
    if struct is None:
        found = "is required" if kind is None else f"{kind!r} is not a kind of {version}"
        raise DecodeError("kind", f"{found}{did_you_mean(str(kind), kinds)}")
    plain = _without_nulls(value, struct)
    try:
        return msgspec.convert(plain, struct)
    except msgspec.ValidationError as error:
        raise _explained(str(error), plain, struct) from None


def _without_nulls(value: Any, annotation: Any) -> Any:
    """The value without nulls, as JSON decoders of Go see it: null is absent, or an empty value.

    Unknown fields stay, so that they are refused with or without a value.
    """
    if isinstance(value, dict):
        fields = _annotations(annotation)
        if not fields:
            inner = _item_type(annotation, dict)
            return {key: _filled(item, inner) for key, item in value.items()}
        given = {}
        for key, item in value.items():
            if item is not None or key not in fields or key == "connectionDetails":
                given[key] = _without_nulls(item, fields.get(key, Any))
            elif _fields(annotation)[0].endswith("Ref"):
                # A reference or its inline counterpart: naming either one is to choose it.
                given[key] = ""
        return given
    if isinstance(value, list):
        return [_filled(item, _item_type(annotation, list)) for item in value]
    return value


def _filled(item: Any, annotation: Any) -> Any:
    if item is None and annotation is not Any:
        return {} if _fields(annotation) else ""
    return _without_nulls(item, annotation)


def _item_type(annotation: Any, container: type) -> Any:
    found = (get_args(o)[-1] for o in _alternatives(annotation) if get_origin(o) is container)
    return next(found, Any)


def _explained(text: str, value: Any, struct: type[Struct]) -> DecodeError:
    """Msgspec's message as ours: path without ``$``, the value that was found, what would do."""
    at = _AT.fullmatch(text)
    message, path = (at["message"], at["path"].removeprefix("$")) if at else (text, "")
    key = _KEY_AT.fullmatch(at["path"]) if at else None
    if key is not None:
        name = _culprit(_value_at(value, key["path"]), _type_at(struct, key["path"]), 0)
        return DecodeError(
            key["path"].lstrip("."),
            f"the key {name!r} is not a valid name: at most 63 letters, digits, '-', '_' and '.' "
            "(an annotation may have a DNS name and '/' before it)",
        )
    mapping, _, _ = path.partition("[...]")
    if mapping != path:
        name = _culprit(_value_at(value, mapping), _type_at(struct, mapping), 1)
        found, expected = _value_at(value, mapping).get(name), _type_at(struct, path)
        return DecodeError(f"{mapping}.{name}".lstrip("."), _sentence(message, found, expected))
    field = _FIELD.fullmatch(message)
    if field is not None:
        name = field["name"]
        place = f"{path}.{name}".lstrip(".")
        if field["what"] == "missing required":
            return DecodeError(place, "is required")
        known = _fields(_type_at(struct, path))
        return DecodeError(place, f"unknown field{did_you_mean(name, known)}")
    found = _value_at(value, path)
    return DecodeError(path.lstrip("."), _sentence(message, found, _type_at(struct, path)))


def _sentence(message: str, found: Any, expected: Any) -> str:
    bound = _BOUND.fullmatch(message)
    if bound is not None:
        limit = bound["bound"].removesuffix(".0")
        return f"{found} is {_OUTSIDE[bound['operator']]} {limit}"
    if message.startswith("Invalid enum value"):
        return f"{found!r} is not one of {', '.join(_options(expected))}"
    if "of length" in message:
        return _length(message, found)
    if "matching regex" in message:
        return f"{found!r} is not a name of lower-case letters, digits and '-' (RFC 1123 label)"
    wanted = " or ".join(dict.fromkeys(_wanted(expected)))
    if not message.startswith("Expected") or not wanted:
        return message
    quote = "; put it in quotes" if wanted == "text" and isinstance(found, int | float) else ""
    return f"expected {wanted}, found {_named(found)}{quote}"


def _length(message: str, found: Any) -> str:
    limit = message.rsplit(" ", 1)[-1]
    if ">=" in message:
        return "is empty" if limit == "1" else f"is shorter than {limit}"
    count = len(found) if isinstance(found, str | list | dict) else 0
    return f"has {count} {'characters' if isinstance(found, str) else 'items'}, at most {limit}"


def _named(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    return next((name for kind, name in _PLAIN_TYPES if isinstance(value, kind)), "nothing")


def _wanted(expected: Any) -> Iterator[str]:
    for option in _alternatives(expected):
        origin = get_origin(option) or option
        if origin is Literal:
            yield "text"
        elif isinstance(origin, type) and issubclass(origin, Struct):
            yield "a mapping"
        else:
            yield from (name for kind, name in _PLAIN_TYPES if origin is kind)


def _options(expected: Any) -> list[str]:
    return [
        str(choice)
        for option in _alternatives(expected)
        if get_origin(option) is Literal
        for choice in get_args(option)
    ]


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in {Union, types.UnionType}:
        for option in get_args(annotation):
            yield from _alternatives(option)
    elif annotation is not type(None):
        yield annotation


@cache
def _struct_annotations(struct: type[Struct]) -> Mapping[str, Any]:
    hints = get_type_hints(struct, include_extras=True)
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    return {encoded: hints[name] for encoded, name in names}


def _annotations(annotation: Any) -> Mapping[str, Any]:
    """The fields of a struct and their annotations; none where it is no struct."""
    for option in _alternatives(annotation):
        if isinstance(option, type) and issubclass(option, Struct):
            return _struct_annotations(option)
    return {}


def _fields(annotation: Any) -> list[str]:
    return list(_annotations(annotation))


def _type_at(struct: type[Struct], path: str) -> Any:
    """The annotation of the field at ``path``."""
    found: Any = struct
    for step in _STEP.finditer(path):
        found = next((inner for o in _alternatives(found) for inner in _inner(o, step[2])), Any)
    return found


def _inner(option: Any, name: str | None) -> Iterator[Any]:
    fields = _annotations(option)
    if name is not None and name in fields:
        yield fields[name]
    elif get_origin(option) in {dict, list}:
        yield get_args(option)[-1]
    elif get_origin(option) is tuple:
        yield get_args(option)[0]


def _value_at(value: Any, path: str) -> Any:
    for step in _STEP.finditer(path):
        if step[1] is not None and isinstance(value, list):
            value = value[int(step[1])]
        elif step[2] is not None and isinstance(value, dict):
            value = value.get(step[2])
    return value


def _culprit(mapping: Any, annotation: Any, side: int) -> str:
    """The first key (``side`` 0) or the key of the first value (1) that does not fit its type.

    msgspec writes ``[...]`` for the place.
    """
    wanted = next(get_args(o)[side] for o in _alternatives(annotation) if get_origin(o) is dict)
    for item in mapping.items():
        try:
            msgspec.convert(item[side], wanted)
        except msgspec.ValidationError:
            return str(item[0])
    return ""
