"""Reading the folder of monitor documents."""

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

from detectors.drift.reference_files import read_reference
from schemas.monitors.load import LoadResult, load_monitors
from schemas.monitors.resolved import MonitorSet
from schemas.monitors.secrets import secret_resolver
from schemas.signals import Signal

MAX_FILE_BYTES = 1024**2


class MonitorsError(ValueError):
    """Monitors that cannot be used; the message has a line a problem."""


def monitor_texts(folder: Path) -> dict[str, str]:
    """The texts of all ``*.yaml`` and ``*.yml`` files below a folder, by their names.

    Raises
    ------
    MonitorsError
        The folder cannot be read, or a file is too large or not UTF-8.
    """
    if not folder.is_dir():
        raise MonitorsError(
            f"monitors: there is no folder {folder}: make it, or name another with --monitors"
        )
    sources: dict[str, str] = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".yaml", ".yml"}):
        name = str(path.relative_to(folder))
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise MonitorsError(f"{name}: larger than {MAX_FILE_BYTES} bytes: split it")
            sources[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise MonitorsError(f"{name}: cannot be read: {error}") from error
    return sources


def read_monitors(
    folder: Path, signals: Collection[Signal], today: date | None = None
) -> LoadResult:
    """Read and check all ``*.yaml`` and ``*.yml`` files below a folder.

    Secrets are taken from the environment and from files (``${NAME}``, ``file:PATH``). Documents
    whose day of review lies before ``today`` are warned of.

    Raises
    ------
    MonitorsError
        The folder cannot be read, or a file is too large or not UTF-8.
    """
    sources = monitor_texts(folder)
    resolve = secret_resolver(os.environ, lambda path: Path(path).read_text(encoding="utf-8"))
    return load_monitors(
        sources,
        signals=signals,
        resolve_secret=resolve,
        today=today,
        read_reference=lambda path: read_reference((folder / path).read_bytes()),
    )


def usable_monitors(folder: Path, signals: Collection[Signal]) -> MonitorSet:
    """The monitors of a folder, for a process that is about to start.

    Raises
    ------
    MonitorsError
        Anything in the folder is wrong: a process starts with all of it or not at all.
    """
    result = read_monitors(folder, signals)
    errors = [str(problem) for problem in result.problems if problem.severity == "error"]
    if errors:
        raise MonitorsError("\n".join(errors))
    return result.monitors
