"""The settings as a list of names, values and meanings."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from streams.settings import Settings


class Entry(NamedTuple):
    """One setting. ``section`` is empty at the top level."""

    section: str
    name: str
    value: Any
    default: Any
    type: str
    description: str

    @property
    def path(self) -> str:
        """Its name with the section's."""
        return f"{self.section}.{self.name}" if self.section else self.name

    @property
    def changed(self) -> bool:
        """Whether it differs from the default."""
        return bool(self.value != self.default)


def entries(settings: Settings) -> Iterator[Entry]:
    """Every setting, in declared order. Secrets stay masked: they are ``SecretStr``."""
    yield from _of(settings, "")


def _of(model: BaseModel, section: str) -> Iterator[Entry]:
    nested = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            nested.append((name, value))
            continue
        default = field.get_default(call_default_factory=True)
        yield Entry(section, name, value, default, _type(field), field.description or "")
    for name, value in nested:
        yield from _of(value, name)


def shown(value: Any) -> str:
    """A value for people.

    >>> shown((("service_name",), ())), shown(SecretStr("x")), shown(True)
    ('service_name; (everything)', '**********', 'true')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return "; ".join(", ".join(part) or "(everything)" for part in value)
        case dict():
            return json.dumps(value)
        case _:
            return str(value)


def _type(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(_name(part) for part in get_args(annotation))
    return _name(annotation)


def _name(annotation: Any) -> str:
    names = {
        str: "text",
        SecretStr: "secret",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Path: "path",
        dict[str, Any]: "table",
    }
    return names.get(annotation, "list of lists of dimensions")
