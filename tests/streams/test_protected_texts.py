"""Protected texts from a file reach the score process's detectors."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.events import InferenceEvent
from schemas.monitors.resolved import MonitorSet
from streams.score.service import build_scoring
from streams.settings import ScoreSettings, SettingsError

TEXT = "one two three four five six seven eight nine"


def test_scoring_knows_the_texts(tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text(f"Another text.\n\n{TEXT.replace(' five', chr(10) + 'five')}\n \n")
    scoring = build_scoring(ScoreSettings(protected_texts=str(file)), MonitorSet())
    event = InferenceEvent(
        event_id="e", time=datetime.now(UTC), service_name="shop", response=TEXT.title()
    )
    row = scoring.score([event]).signals.row(0, named=True)
    assert (row["response.protected_overlap"], row["response.protected_run"]) == (1.0, 9.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read: No such file"), (b"\xff", "cannot be read"), (b"short", "no text of")],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "texts.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=f"score.protected_texts: .*{message}"):
        build_scoring(ScoreSettings(protected_texts=str(file)), MonitorSet())
