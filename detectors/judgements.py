"""Feedback on events, folded into panes of their segments."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from detectors.conditions import indicator_columns
from detectors.expressions import DTYPES
from detectors.fold import fold
from detectors.scoring import Scoring
from schemas.feedback import Feedback
from schemas.monitors.conditions import names_in
from schemas.monitors.resolved import Indicator
from schemas.panes import Pane
from schemas.segments import FIELD_DIMENSIONS

_HALF: Final = 0.5
_IDENTITY: Final = {
    "event_id": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "user_id": pl.String(),
    "prompt_excerpt": pl.String(),
    "response_excerpt": pl.String(),
}


class Judged(Struct, frozen=True):
    """Feedback with what is known of its event.

    ``dimensions`` are the event's, a label as ``labels.<name>``; absent ones are empty. ``topic``
    is what its prompt is about, empty where that is not known.
    """

    feedback: Feedback
    dimensions: Mapping[str, str]
    topic: str = ""


def said(feedback: Feedback) -> dict[str, bool | float | str]:
    """What feedback says, by the names of :mod:`detectors.signals.feedback`.

    Values that do not fit their kind say nothing.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> said(Feedback(feedback_id="f", event_id="e", time=datetime.now(UTC), kind="regenerate"))
    {'feedback.positive': False}
    """
    kind, value = feedback.kind, feedback.value
    if feedback.source not in ("judge", "ground_truth") and kind in ("regenerate", "label"):
        label = {"feedback.label": feedback.label} if feedback.label else {}
        return {"feedback.positive": False} if kind == "regenerate" else {**label}
    if value is None:
        return {}
    share = 0 <= value <= 1
    known: dict[tuple[str, str], tuple[str, bool | float, bool]] = {
        ("judge", "score"): ("judge.score", value, share),
        ("ground_truth", "thumb"): ("ground_truth.correct", value >= _HALF, True),
        ("ground_truth", "score"): ("ground_truth.correct", value >= _HALF, True),
        ("", "thumb"): ("feedback.positive", value >= _HALF, True),
        ("", "edit"): ("feedback.edited", value, share),
        ("", "score"): ("feedback.score", value, True),
    }
    source = feedback.source if feedback.source in ("judge", "ground_truth") else ""
    name, what, fits = known.get((source, kind), ("", value, False))
    return {name: what} if fits else {}


def _bad(values: Mapping[str, bool | float | str]) -> bool | None:
    """Whether it was judged bad; ``None`` where that cannot be told."""
    for name in ("feedback.positive", "ground_truth.correct"):
        if name in values:
            return not values[name]
    for name in ("feedback.edited", "judge.score"):
        if name in values:
            return float(values[name]) >= _HALF
    return None


def judgement_panes(judged: Sequence[Judged], scoring: Scoring) -> list[Pane]:
    """Feedback folded into a pane for every segment of its events, at the time it was given.

    The panes count no events: these were counted when they came. Indicators that need nothing but
    feedback and dimensions are folded too.

    Parameters
    ----------
    judged
        Feedback, each once.
    scoring
        Says by which segmentations, into how long panes, and what is on.
    """
    signals = [signal for signal in scoring.signals if signal.source == "feedback"]
    if not judged or not signals:
        return []
    rows = []
    for each in judged:
        values = said(each.feedback)
        bad = _bad(values)
        if each.topic and bad is not None:
            values["feedback.topic"] = each.topic
            if bad:
                values["feedback.bad_topic"] = each.topic
        rows.append(values)
    dimensions = sorted({*FIELD_DIMENSIONS, *scoring.labels})
    frame = pl.DataFrame(
        {
            "event_id": [each.feedback.event_id for each in judged],
            "time": [each.feedback.time.astimezone(UTC) for each in judged],
            "user_id": [""] * len(judged),
            "prompt_excerpt": [""] * len(judged),
            "response_excerpt": [""] * len(judged),
            **{name: [each.dimensions.get(name, "") for each in judged] for name in dimensions},
            **{signal.name: [row.get(signal.name) for row in rows] for signal in signals},
        },
        schema={
            **_IDENTITY,
            **dict.fromkeys(dimensions, pl.String()),
            **{signal.name: DTYPES[signal.kind] for signal in signals},
        },
    )
    told = {signal.name for signal in signals}
    indicators = [
        each
        for each in scoring.indicators
        if (names := _names(each)) & told and names <= {*dimensions, *told}
    ]
    if indicators:
        frame = frame.hstack(indicator_columns(frame, indicators))
    panes = fold(
        frame,
        [*signals, *(each.signal for each in indicators)],
        scoring.segmentations,
        pane_seconds=scoring.pane_seconds,
        segment_limit=scoring.segment_limit,
        bad_events=scoring.bad_events,
    )
    return [replace(pane, events=0) for pane in panes]


def _names(indicator: Indicator) -> set[str]:
    where = set() if indicator.where is None else names_in(indicator.where)
    return {*names_in(indicator.good), *where}
