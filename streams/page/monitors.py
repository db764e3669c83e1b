"""The folder of monitor documents for the page, without its secrets."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from schemas.monitors.load import LoadResult, load_monitors
from schemas.monitors.resolved import MonitorSet
from schemas.signals import Signal
from streams.monitors import MonitorsError, monitor_texts

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_STAND_IN = "https://secret.invalid"


class MonitorFolder:
    """Monitors of a folder, read again when its files change.

    References to secrets are not followed: what is typed into the page must not find out whether
    a file or variable exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[dict[str, str], Collection[Signal], MonitorSet] | None = None

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder)

    def texts(self) -> dict[str, str]:
        """The documents by file name. Raises ``MonitorsError``."""
        return monitor_texts(self._folder)

    def check(self, texts: Mapping[str, str], signals: Collection[Signal]) -> LoadResult:
        """What the texts declare. Without ``signals`` the detectors are asked: it takes seconds."""
        return check_documents(texts, signals or _declared())

    def running(self, signals: Collection[Signal]) -> MonitorSet:
        """The monitors that are right, as of the files' present texts."""
        try:
            texts = self.texts()
        except MonitorsError:
            return MonitorSet()
        if self._known is None or self._known[:2] != (texts, signals):
            self._known = (texts, signals, self.check(texts, signals).monitors)
        return self._known[2]


def check_documents(texts: Mapping[str, str], signals: Collection[Signal]) -> LoadResult:
    """What documents declare, with a stand-in for every secret they refer to."""
    return load_monitors(texts, signals=signals, resolve_secret=_without_secrets)


@cache
def _declared() -> tuple[Signal, ...]:
    # Here, as it loads every model: where the store knows the signals it is not needed.
    from detectors.discovery import all_signals, discover_detectors  # noqa: PLC0415

    return tuple(all_signals(discover_detectors()))


def _without_secrets(text: str) -> str:
    """Text of a document with a stand-in for every reference.

    >>> _without_secrets("slack://${TOKEN}/#oncall"), _without_secrets("file:/run/secrets/x")
    ('slack://secret/#oncall', 'https://secret.invalid')
    """
    if text.startswith("file:") or _REFERENCE.fullmatch(text):
        return _STAND_IN
    return _REFERENCE.sub("secret", text)
