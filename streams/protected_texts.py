"""The texts that models must not recite, read from a file and handed to their detector."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from detectors.detector import Detector
from detectors.memorisation.index import ProtectedIndex
from detectors.signals.memorisation import MemorisationDetector
from streams.settings import SettingsError

_BETWEEN = re.compile(r"\n\s*\n")


def with_protected_texts(detectors: Sequence[Detector], path: str) -> list[Detector]:
    """The detectors, that of memorisation with the file's texts; unchanged for an empty path.

    The file is UTF-8; blank lines part its texts. Raises :class:`SettingsError` when it cannot be
    read or holds nothing to look for.
    """
    if not path:
        return list(detectors)
    try:
        texts = _BETWEEN.split(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(f"score.protected_texts: {path} cannot be read: {reason}") from None
    index = ProtectedIndex(texts)
    if not len(index):
        raise SettingsError(f"score.protected_texts: {path} holds no text of eight words or more")
    return [_protecting(detector, index) for detector in detectors]


def _protecting(detector: Detector, index: ProtectedIndex) -> Detector:
    if isinstance(detector, MemorisationDetector):
        return cast(Detector, detector.protecting(index))
    return detector
