"""The settings as a list of names, values and meanings, and as a page of documentation."""

from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from streams.settings import Settings

_HEAD = """# Settings

Every process reads the same settings: flags of the command line first, then environment variables,
then the file `tidewatch.toml` in the working directory (or the one that `TIDEWATCH_SETTINGS`
names), then the defaults below. A variable is `TIDEWATCH_` with the name in capitals, parts joined
by two underscores: `kafka.bootstrap_servers` is `TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS`. In the file,
parts are tables:

```toml
monitors = "monitors"

[kafka]
bootstrap_servers = "kafka-1:9092,kafka-2:9092"

[score]
store_texts = false
```

Secrets belong into the environment or into files: a secret that is written `file:/run/secrets/x`
is what that file holds, without the white space around it. None is an option of the command line,
where other users of a machine would see it.

A name that is not listed here is refused. `tidewatch settings` shows what is in effect, secrets
masked; commands that run beside `tidewatch up` find its Kafka, ClickHouse and ports by themselves.

This page is made by `tidewatch settings --markdown`.
"""


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


def settings_markdown() -> str:
    """The page ``docs/settings.md``."""
    lines = [_HEAD.rstrip()]
    section: str | None = None
    for entry in entries(Settings.model_construct()):
        if entry.section != section:
            section = entry.section
            lines += ["", f"## {section}" if section else "## Everything", ""]
            if section:
                about = type(getattr(Settings.model_construct(), section)).__doc__ or ""
                lines += [about.strip().splitlines()[0], ""]
            lines += ["| Name | Type | Default | Meaning |", "|---|---|---|---|"]
        default = shown(entry.default)
        lines.append(
            f"| `{entry.path}` | {entry.type} | {f'`{default}`' if default else ''} "
            f"| {entry.description} |"
        )
    return "\n".join(lines) + "\n"


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
        case _:
            return str(value)


def plain(value: Any) -> Any:
    """A value for JSON; a secret that is set is masked."""
    return str(value) if isinstance(value, Path | SecretStr) else value


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
    }
    return names.get(annotation, "list of lists of dimensions")
