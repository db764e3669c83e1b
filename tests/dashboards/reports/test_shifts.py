"""Shifts of signals: known answers, and the same numbers as Evidently."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from dashboards.reports.evidently_report import evidently_distances, evidently_report
from dashboards.reports.shifts import LEAST_VALUES, shifts
from schemas.signals import Signal

LATENCY = Signal(name="latency", kind="amount", unit="s", better="lower", description="Time.")
REFUSAL = Signal(name="response.refusal", kind="flag", better="lower", description="Refused.")
LANGUAGE = Signal(name="prompt.language", kind="category", description="Language.")
WORDS = Signal(name="prompt.words", kind="amount", unit="{word}", description="Words.")
SIGNALS = [LATENCY, REFUSAL, LANGUAGE, WORDS]


def frame(
    seed: int, *, slow: float = 1.0, refused: float = 0.05, german: float = 0.2
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "latency": rng.exponential(slow, 2000),
            "response.refusal": pd.array(rng.random(2000) < refused, dtype="boolean"),
            "prompt.language": np.where(rng.random(2000) < german, "de", "en"),
            "prompt.words": rng.poisson(40, 2000).astype(float),
        }
    )


def test_what_moved_is_found_and_judged() -> None:
    found = {s.signal.name: s for s in shifts(frame(1), frame(2, slow=2.0, german=0.5), SIGNALS)}
    assert {n: s.turn for n, s in found.items()} == {
        "latency": "worse",
        "prompt.language": "different",
        "response.refusal": "",
        "prompt.words": "",
    }
    latency = found["latency"]
    assert latency.low is not None
    assert latency.high is not None
    assert latency.low < 1.0 < latency.high


def test_the_same_traffic_has_not_moved() -> None:
    assert {s.verdict for s in shifts(frame(3), frame(4), SIGNALS)} == {"same"}


def test_too_few_values_are_not_judged() -> None:
    few = frame(1).head(LEAST_VALUES - 1)
    assert {s.verdict for s in shifts(few, frame(2), SIGNALS)} == {"too few"}


def test_evidently_finds_the_same_distances(tmp_path: Path) -> None:
    reference, current = frame(1), frame(2, slow=1.5, refused=0.2, german=0.4)
    reference.loc[:50, "latency"] = np.nan
    snapshot = evidently_report(reference, current, SIGNALS, summary=False)
    theirs = evidently_distances(snapshot)
    ours = {shift.signal.name: shift.distance for shift in shifts(reference, current, SIGNALS)}
    assert theirs == pytest.approx(ours, abs=2e-3)
    known = reference["latency"].dropna()
    raw = wasserstein_distance(known, current["latency"]) / known.std()
    assert ours["latency"] == pytest.approx(raw, rel=1e-3)
    snapshot.save_html(str(tmp_path / "x.html"))
    assert "prompt.words" in (tmp_path / "x.html").read_text()
