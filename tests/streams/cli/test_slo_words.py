"""What a forecast says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detectors.objectives.forecast import Forecast
from streams.cli.main import app
from streams.cli.slo import forecast_words

OBJECTIVE = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: fast}
spec:
  service: shop
  indicator:
    metadata: {name: fast}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: tidewatch, spec: {query: "latency < 4s"}}}
        total: {metricSource: {type: tidewatch, spec: {query: "*"}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.95}]
"""


@pytest.mark.parametrize(
    ("low", "median", "told"),
    [
        (32.0, 100.0, "gone in 4 d 4 h (90 %: 1 d 8 h to more than 7 d), within 7 d with a "),
        (32.0, None, "gone within 7 d with a probability of 37.2 %, not before 1 d 8 h (90 %)"),
        (None, None, "gone within 7 d with a probability of 37.2 %"),
    ],
)
def test_what_lies_beyond_the_horizon_is_told_with_it(
    low: float | None, median: float | None, told: str
) -> None:
    found = Forecast(
        overspent=False,
        low=low,
        median=median,
        high=None,
        probability=0.372,
        confidence=0.9,
        horizon_hours=168,
    )
    assert forecast_words(found).startswith(told)
    assert forecast_words(found).count("7 d") == (2 if median else 1)


@pytest.mark.parametrize("command", ["status", "forecast"])
def test_objectives_without_events_are_named(tmp_path: Path, command: str) -> None:
    monitors, results = tmp_path / "monitors", tmp_path / "results"
    monitors.mkdir()
    (tmp_path / "events.jsonl").write_text("")
    run = CliRunner().invoke
    (monitors / "slo.yaml").write_text(OBJECTIVE)
    done = run(app, ["simulate", str(tmp_path / "events.jsonl"), "--out", str(results)])
    assert done.exit_code == 0, done.output
    told = run(app, ["slo", command, "--from", str(results), "--monitors", str(monitors)])
    assert (told.exit_code, told.output) == (0, "no events counted: fast\n")
    (monitors / "slo.yaml").write_text(
        OBJECTIVE.replace("kind: SLO", "kind: Service").split("spec:")[0]
    )
    none = run(app, ["slo", command, "--from", str(results), "--monitors", str(monitors)])
    assert none.exit_code == 3
    assert "there is no objective in" in " ".join(none.output.split())
