"""The exported files are current, and what is valid here is valid by JSON Schema too."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import inspect as mi

from schemas.event_fields import DESCRIPTIONS, OTEL_SOURCES
from schemas.events import InferenceEvent
from schemas.export import CONTRACTS, exported, json_schema
from schemas.wire.otel import ATTRIBUTES
from tests.schemas.monitors.documents import FOLDER

DOCS = Path(__file__).parents[2] / "docs"
STRUCTS = [name for name in CONTRACTS if name != "monitor"]
INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)


def validator(name: str) -> Draft202012Validator:
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def values(type_: mi.Type) -> st.SearchStrategy[Any]:  # noqa: PLR0911
    """Values of a type as msgspec describes it, so that no field can be forgotten here."""
    match type_:
        case mi.Metadata(type=inner):
            return values(inner)
        case mi.StrType(min_length=low, max_length=high):
            return st.text(
                st.characters(exclude_categories=["Cs"]),
                min_size=low or 0,
                max_size=min(high or 8, 8),
            )
        case mi.IntType(ge=low, le=high):
            return st.integers(min_value=low, max_value=high or 2**53)
        case mi.FloatType(ge=low, le=high):
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
        case mi.BoolType():
            return st.booleans()
        case mi.NoneType():
            return st.none()
        case mi.DateTimeType():
            return INSTANTS
        case mi.BytesType():
            return st.binary(max_size=8)
        case mi.RawType():
            return st.just(msgspec.Raw(b'{"n":1}'))
        case mi.LiteralType(values=choices):
            return st.sampled_from(choices)
        case mi.UnionType(types=types):
            return st.one_of([values(one) for one in types])
        case mi.ListType(item_type=item):
            return st.lists(values(item), max_size=2)
        case mi.VarTupleType(item_type=item):
            return st.lists(values(item), max_size=2).map(tuple)
        case mi.TupleType(item_types=items):
            return st.tuples(*[values(item) for item in items])
        case mi.DictType(key_type=key, value_type=value):
            return st.dictionaries(values(key), values(value), max_size=2)
        case mi.StructType(cls=cls, fields=fields):
            required = {f.name: values(f.type) for f in fields if f.required}
            optional = {f.name: values(f.type) for f in fields if not f.required}
            return st.fixed_dictionaries(required, optional=optional).map(
                lambda given: cls(**given)
            )
    raise NotImplementedError(type_)


def test_the_committed_files_are_current() -> None:
    files = exported()
    for name, text in files.items():
        assert (DOCS / name).read_text() == text, f"run: python -m schemas.export docs ({name})"
    kept = {f"schemas/{path.name}" for path in (DOCS / "schemas").iterdir()}
    assert kept == {name for name in files if name.startswith("schemas/")}


def test_the_export_is_deterministic() -> None:
    assert exported() == exported()


@pytest.mark.parametrize("name", STRUCTS)
def test_valid_instances_validate(name: str) -> None:
    check = validator(name)

    @settings(max_examples=50)
    @given(values(mi.type_info(CONTRACTS[name])))
    def validates(instance: object) -> None:
        check.validate(json.loads(msgspec.json.encode(instance)))

    validates()


@pytest.mark.parametrize("name", FOLDER)
def test_valid_documents_validate(name: str) -> None:
    check = validator("monitor")
    check.validate(FOLDER[name])
    assert not check.is_valid({**FOLDER[name], "nonsense": 1})
    assert not check.is_valid({**FOLDER[name], "metadata": {"name": "No Name"}})


@pytest.mark.parametrize(
    "change",
    [{"event_id": ""}, {"time": 5}, {"latency_seconds": -1}, {"status": "fine"}, {"labels": []}],
)
def test_invalid_events_do_not_validate(change: dict[str, object]) -> None:
    event = {"event_id": "e", "time": "2026-01-01T00:00:00Z", "service_name": "shop"}
    check = validator("event")
    check.validate(event)
    assert not check.is_valid(event | change)


def test_every_event_field_is_described() -> None:
    fields = set(InferenceEvent.__struct_fields__)
    assert set(DESCRIPTIONS) == fields
    assert set(OTEL_SOURCES) <= fields
    assert set(ATTRIBUTES.values()) <= set(OTEL_SOURCES)
    assert all(text.endswith(".") and "|" not in text for text in DESCRIPTIONS.values())
