"""The setting that lets Presidio search too."""

from datetime import UTC, datetime

import pytest

from detectors.privacy.presidio import PresidioFinder
from detectors.signals.privacy import PrivacyDetector
from schemas.events import InferenceEvent
from schemas.monitors.resolved import MonitorSet
from streams.detectors import wanted_detectors
from streams.presidio import with_presidio
from streams.score.service import build_scoring
from streams.settings import ScoreSettings, SettingsError


def test_without_it_detectors_stay_as_they_are() -> None:
    detectors = wanted_detectors(ScoreSettings())
    assert with_presidio(detectors, ScoreSettings()) == list(detectors)


def test_the_privacy_detector_searches_by_it() -> None:
    pytest.importorskip("presidio_analyzer", reason="needs the extra presidio")
    settings = ScoreSettings(privacy_finder="presidio")
    found = with_presidio(wanted_detectors(settings), settings)
    finders = [one.finder for one in found if isinstance(one, PrivacyDetector)]
    assert [type(finder) for finder in finders] == [PresidioFinder]
    event = InferenceEvent(
        event_id="e", time=datetime.now(UTC), service_name="shop", prompt="mail ann@example.org"
    )
    row = build_scoring(settings, MonitorSet()).score([event]).signals.row(0, named=True)
    assert row["prompt.pii.kind"] == "email"


def test_a_pipeline_that_is_not_there_is_named() -> None:
    pytest.importorskip("presidio_analyzer", reason="needs the extra presidio")
    settings = ScoreSettings(privacy_finder="presidio", presidio_pipeline="no_such_pipeline")
    with pytest.raises(SettingsError, match=r"score.presidio_pipeline: .*'no_such_pipeline'"):
        with_presidio(wanted_detectors(settings), settings)
