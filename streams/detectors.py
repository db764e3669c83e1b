"""The detectors that the settings leave on."""

from detectors.detector import Detector
from detectors.discovery import all_signals, discover_detectors
from schemas.signals import Signal
from streams.settings import ScoreSettings, SettingsError


def wanted_detectors(settings: ScoreSettings) -> tuple[Detector, ...]:
    """Every detector there is, without those that are switched off.

    Raises
    ------
    SettingsError
        A detector that is switched off does not exist.
    """
    found = discover_detectors()
    names = {detector.name for detector in found}
    for name in settings.detectors_off:
        if name not in names:
            raise SettingsError(
                f"score.detectors_off: there is no detector {name!r}: "
                f"name one of {', '.join(sorted(names))}"
            )
    return tuple(detector for detector in found if detector.name not in settings.detectors_off)


def wanted_signals(settings: ScoreSettings) -> tuple[Signal, ...]:
    """What the detectors that are on measure. Raises as :func:`wanted_detectors` does."""
    return tuple(all_signals(wanted_detectors(settings)))


def signal_units() -> dict[str, str]:
    """The unit of every signal there is, by its name."""
    return {signal.name: signal.unit for signal in all_signals(discover_detectors())}
