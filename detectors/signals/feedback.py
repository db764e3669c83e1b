"""How inferences turned out, as feedback tells later: absent on the events themselves.

Feedback comes after its event. What it says is joined to the event's segment and topic and folded
into panes of its own (:mod:`detectors.judgements`), at the time when it was said.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from detectors.expressions import DTYPES
from schemas.signals import Signal, SignalKind


def _signal(name: str, kind: SignalKind, description: str, better: str = "neither") -> Signal:
    return Signal(
        name=name,
        kind=kind,
        description=description,
        better=better,  # type: ignore[arg-type]
        source="feedback",
        stored=False,
    )


@dataclass(frozen=True)
class FeedbackDetector:
    """Declares what feedback tells; of an event by itself nothing of it is known."""

    name: str = "feedback"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        _signal(
            "feedback.positive",
            "flag",
            "Users and experts found the response good: a thumb, 1 or 0; to regenerate is bad.",
            "higher",
        ),
        _signal(
            "feedback.edited",
            "score",
            "Share of the response that users or experts changed.",
            "lower",
        ),
        _signal("feedback.score", "amount", "Score that users or experts gave.", "higher"),
        _signal("feedback.label", "category", "Label that users or experts gave."),
        _signal("judge.score", "score", "Score of a judge, from 0 to 1, the worst.", "lower"),
        _signal(
            "ground_truth.correct",
            "flag",
            "The response was right by the ground truth: a thumb or score of 0.5 or more.",
            "higher",
        ),
        _signal("feedback.topic", "category", "Topic of the prompts of what was judged."),
        _signal(
            "feedback.bad_topic",
            "category",
            "Topic of the prompts of what was judged bad: not positive, wrong, half of it changed, "
            "or a judge's score of 0.5 or more.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Nothing of any event."""
        nothing = {
            signal.name: pl.lit(None, DTYPES[signal.kind]).alias(signal.name)
            for signal in self.signals
        }
        rows = pl.DataFrame({"row": range(len(batch))}, schema={"row": pl.Int64})
        return rows.with_columns(**nothing).drop("row").to_dict()


detector = FeedbackDetector()
