"""Compiling every loop before traffic comes.

Run as ``python -m detectors.warm_up`` when Tidewatch is installed: later processes then find the
machine code on disk.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.discovery import DetectorFailure, discover_detectors, score_batch
from schemas.events import InferenceEvent, Message

_EXAMPLE: Final = InferenceEvent(
    event_id="warm-up",
    time=datetime(2025, 1, 1, tzinfo=UTC),
    service_name="warm-up",
    prompt=[
        Message(role="system", content="Answer in one sentence."),
        Message(role="user", content="When does the Zürich museum open? Write to a@example.org."),
    ],
    response="The museum opens at 9:30. Entry costs 12 francs, and children pay nothing.",
    contexts=["The museum in Zürich opens at 9:30 on weekdays. Children under 12 enter for free."],
)


def warm_up(detectors: Sequence[Detector]) -> list[DetectorFailure]:
    """Score one made-up event with every detector; which of them failed.

    Raises nothing: a detector that fails here will say so on every batch.
    """
    failures: list[DetectorFailure] = []
    score_batch(EventBatch([_EXAMPLE]), detectors, on_failure=failures.append)
    return failures


def main() -> None:
    """Compile for all processes of this installation.

    Raises
    ------
    SystemExit
        When a detector fails: this release does not work here.
    """
    for failure in warm_up(discover_detectors()):
        raise SystemExit(f"detector '{failure.detector}' {failure.reason}: {failure.error}")


if __name__ == "__main__":
    main()
