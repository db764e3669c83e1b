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
SUFFIXES = frozenset({".yaml", ".yml", ".json"})
"""Names of monitor documents end so."""


class MonitorsError(ValueError):
    """Monitors that cannot be used; the message has a line a problem."""


def monitor_texts(folder: Path) -> dict[str, str]:
    """The texts of all YAML and JSON files in and below a folder, by their names.

    What begins with a dot is left out: editors keep their own files so, and a ConfigMap of
    Kubernetes every file a second time.

    Raises
    ------
    MonitorsError
        The folder cannot be read, or files are too large or not UTF-8.
    """
    if not folder.is_dir():
        there = (
            f"{folder} is a file: name the folder that it is in"
            if folder.exists()
            else f"there is no folder {folder}: make it, or name another with --monitors"
        )
        raise MonitorsError(f"monitors: {there}")
    sources: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if hidden or path.suffix not in SUFFIXES or path.is_dir():
            continue
        try:
            sources[str(name)] = _text(path)
        except MonitorsError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise MonitorsError("\n".join(problems))
    return sources


def _text(path: Path) -> str:
    try:
        # A pipe would never end.
        if path.exists() and not path.is_file():
            raise MonitorsError("is no regular file: remove it")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise MonitorsError(f"larger than {MAX_FILE_BYTES} bytes: split it")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MonitorsError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MonitorsError(f"is not UTF-8 from byte {error.start} on: save it as UTF-8") from error


def read_monitors(
    folder: Path, signals: Collection[Signal], today: date | None = None
) -> LoadResult:
    """Read and check all documents in and below a folder (:func:`monitor_texts`).

    Secrets are taken from the environment and from files (``${NAME}``, ``file:PATH``). Documents
    whose day of review lies before ``today`` are warned of.

    Raises
    ------
    MonitorsError
        The folder cannot be read, or files are too large or not UTF-8.
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
