"""Detectors that are switched off."""

import pytest

from detectors.discovery import discover_detectors
from detectors.summaries.category_counts import CATEGORY_LIMIT
from streams.detectors import wanted_detectors, wanted_signals
from streams.kafka import COMPUTED_MAX_BYTES
from streams.settings import ScoreSettings, SettingsError


def test_all_run_unless_told_otherwise() -> None:
    assert wanted_detectors(ScoreSettings()) == discover_detectors()


@pytest.mark.parametrize("name", [detector.name for detector in discover_detectors()])
def test_any_can_be_switched_off_with_its_signals(name: str) -> None:
    wanted = wanted_detectors(ScoreSettings(detectors_off=(name,)))
    gone = next(each for each in discover_detectors() if each.name == name)

    assert {each.name for each in discover_detectors()} - {each.name for each in wanted} == {name}
    assert not set(gone.signals) & set(wanted_signals(ScoreSettings(detectors_off=(name,))))


def test_a_detector_that_is_not_there() -> None:
    with pytest.raises(SettingsError, match=r"score\.detectors_off: there is no detector 'mood'"):
        wanted_detectors(ScoreSettings(detectors_off=("mood",)))


def test_a_pane_of_the_longest_names_fits_a_message() -> None:
    """Applications choose the values of categories: none may make panes that Kafka refuses."""
    signals = wanted_signals(ScoreSettings())
    categories = sum(signal.kind == "category" for signal in signals)
    longest_name = 4 * 256 + 8
    assert categories * CATEGORY_LIMIT * longest_name < COMPUTED_MAX_BYTES
