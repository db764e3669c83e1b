"""The settings as a page of documentation, and a value for machines."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from streams.setting_entries import entries, shown
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


def plain(value: Any) -> Any:
    """A value for JSON; a secret that is set is masked."""
    return str(value) if isinstance(value, Path | SecretStr) else value
