"""Presidio beside the own search for personal data, where the settings ask for it."""

from collections.abc import Sequence
from typing import cast

from detectors.detector import Detector
from detectors.privacy.presidio import PresidioFinder
from detectors.signals.privacy import PrivacyDetector
from streams.settings import ScoreSettings, SettingsError


def with_presidio(detectors: Sequence[Detector], settings: ScoreSettings) -> list[Detector]:
    """The detectors, that of privacy with Presidio's findings too; unchanged unless asked for.

    Raises
    ------
    SettingsError
        When Presidio or the pipeline is not installed.
    """
    if settings.privacy_finder != "presidio":
        return list(detectors)
    try:
        finder = PresidioFinder(settings.presidio_pipeline)
    except ModuleNotFoundError as error:
        raise SettingsError(f"score.privacy_finder: {error}") from None
    except OSError:
        raise SettingsError(
            f"score.presidio_pipeline: there is no spaCy pipeline {settings.presidio_pipeline!r}: "
            "install it, or leave it out for Presidio's patterns alone"
        ) from None
    return [
        cast(Detector, detector.finding_by(finder))
        if isinstance(detector, PrivacyDetector)
        else detector
        for detector in detectors
    ]
