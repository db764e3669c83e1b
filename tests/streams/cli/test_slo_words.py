"""What a forecast says."""

from detectors.objectives.forecast import Forecast
from streams.cli.slo import forecast_words


def test_what_lies_beyond_the_horizon_is_told_with_it() -> None:
    found = Forecast(
        overspent=False,
        low=32.0,
        median=None,
        high=None,
        probability=0.372,
        confidence=0.9,
        horizon_hours=168,
    )
    assert forecast_words(found) == (
        "gone in more than 7 d (90 %: 1 d 8 h to more than 7 d), within 7 d with a probability of "
        "37.2 %"
    )
