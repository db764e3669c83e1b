"""What feedback says, and in which panes it lies."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import polars as pl
import pytest

from detectors.detector import Detector
from detectors.judgements import Judged, judgement_panes, said
from detectors.scoring import Scoring
from detectors.signals.feedback import detector
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, decode_summary
from schemas.feedback import Feedback
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import Indicator

AT = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)


def feedback(number: int = 0, **fields: Any) -> Feedback:
    usual: dict[str, Any] = {
        "feedback_id": f"f{number}",
        "event_id": f"e{number}",
        "time": AT,
        "kind": "thumb",
    }
    return Feedback(**(usual | fields))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"value": 1.0}, {"feedback.positive": True}),
        ({"value": 0.0, "source": "expert"}, {"feedback.positive": False}),
        ({"kind": "regenerate"}, {"feedback.positive": False}),
        ({"kind": "edit", "value": 0.25}, {"feedback.edited": 0.25}),
        ({"kind": "edit", "value": 25.0}, {}),
        ({"kind": "score", "value": 4.0}, {"feedback.score": 4.0}),
        ({"kind": "label", "label": "rude"}, {"feedback.label": "rude"}),
        ({"kind": "label"}, {}),
        ({"kind": "score", "value": 0.9, "source": "judge"}, {"judge.score": 0.9}),
        ({"kind": "score", "source": "judge"}, {}),
        ({"kind": "score", "value": 7.0, "source": "judge"}, {}),
        ({"value": 1.0, "source": "ground_truth"}, {"ground_truth.correct": True}),
        ({"kind": "label", "label": "x", "source": "ground_truth"}, {}),
        ({}, {}),
    ],
)
def test_what_feedback_says(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert said(feedback(**fields)) == expected
    assert expected.keys() <= {signal.name for signal in detector.signals}


LIKED = Indicator(name="liked", good=Comparison("feedback.positive", "=", True))
SHOP = Indicator(name="shop", good=Comparison("service_name", "=", "shop"))


def scoring() -> Scoring:
    return Scoring(
        [cast(Detector, detector)],
        [LIKED, SHOP],
        segmentations=[(), ("labels.tenant",)],
        pane_seconds=10,
        segment_limit=100,
        redact=lambda texts: texts.values,
        excerpt_characters=0,
    )


def test_panes_lie_at_the_time_of_the_feedback_and_count_no_events() -> None:
    tenant, shop = {"labels.tenant": "a", "service_name": "shop"}, {"service_name": "shop"}
    there = timezone(timedelta(hours=5))
    judged = [
        Judged(feedback(1, value=1.0), tenant, "travel"),
        Judged(feedback(2, value=0.0, time=AT.astimezone(there)), shop, "travel"),
        Judged(feedback(3, kind="score", value=0.2, source="judge"), shop, "banking"),
        Judged(feedback(4, kind="score", value=3.0), shop, "banking"),
    ]
    panes = judgement_panes(judged, scoring())
    assert {pane.start for pane in panes} == {int(AT.timestamp()) // 10 * 10}
    assert {pane.events for pane in panes} == {0}
    (whole,) = [pane for pane in panes if not pane.segment]
    found = {name: decode_summary(raw) for name, raw in whole.signals.items()}
    assert found["feedback.positive"] == FlagCounts(2, 1)
    # Objectives on feedback are folded; on events alone they were when these came.
    assert found["sli.liked"] == FlagCounts(2, 1)
    assert "sli.shop" not in found
    assert found["feedback.topic"] == CategoryCounts({"travel": 2, "banking": 1}, 0)
    assert found["feedback.bad_topic"] == CategoryCounts({"travel": 1}, 0)
    assert isinstance(found["judge.score"], Distribution)
    assert found["judge.score"].count == 1
    of_tenant = [p for p in panes if p.segment.get("labels.tenant") == "a"]
    assert decode_summary(of_tenant[0].signals["feedback.positive"]) == FlagCounts(1, 1)


def test_nothing_said_is_nothing_folded() -> None:
    assert judgement_panes([], scoring()) == []


def test_events_know_nothing_of_it() -> None:
    scored = scoring().score([])
    assert scored.signals.columns[:2] == ["feedback.positive", "feedback.edited"]
    assert scored.signals.schema["feedback.label"] == pl.String
