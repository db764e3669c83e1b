"""What earlier releases wrote is read by this one, or refused with what to do.

The bytes are recorded by ``python -m tests.recorded.record``.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detectors.summaries import FlagCounts, decode_summary, encode_summary
from detectors.watching.meta import STATE_VERSION
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, decode_alert
from schemas.audit import decode_audit_entry
from schemas.changes import decode_change
from schemas.deliveries import decode_delivery
from schemas.feedback import Feedback
from schemas.panes import decode_pane_batch
from schemas.references import decode_reference
from schemas.windows import Window, decode_window
from schemas.wire import native, otel
from schemas.wire.errors import WireError
from streams.sink.message import Message, RefusedError
from streams.sink.sink import TARGETS
from tests.recorded.samples import MONITORS

HERE = Path(__file__).parent
LATER = HERE / "later"
RELEASES = sorted(path for path in HERE.iterdir() if (path / "manifest.json").exists())
JSON: dict[str, Callable[[bytes], Any]] = {
    "event": native.decode_event,
    "feedback": msgspec.json.Decoder(Feedback).decode,
    "change": decode_change,
    "alert": decode_alert,
    "delivery": decode_delivery,
    "audit-entry": decode_audit_entry,
}
TABLES = {target.topic.name.rstrip("s"): target for target in TARGETS}
TABLES["audit-entry"], TABLES["delivery"] = TABLES["audit"], TABLES["deliverie"]
releases = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)


def message(value: bytes) -> Message:
    return Message("topic", 0, 0, datetime.now(UTC), None, value)


def test_something_is_recorded() -> None:
    assert RELEASES


@releases
@pytest.mark.parametrize("name", JSON)
def test_documents_are_read_whole(release: Path, name: str) -> None:
    data = (release / f"{name}.json").read_bytes()
    read = msgspec.to_builtins(JSON[name](data))
    assert json.loads(data).items() <= read.items()
    if name in TABLES:
        assert len(TABLES[name].rows(message(data))) == 1


@releases
def test_spans_are_read(release: Path) -> None:
    event = otel.decode_event((release / "span.json").read_bytes())
    assert (event.event_id, event.latency_seconds) == ("event-1", 1.0)


@releases
def test_panes_and_windows_are_read_whole(release: Path) -> None:
    batch = decode_pane_batch((release / "pane-batch.msgpack").read_bytes())
    window = decode_window((release / "window.msgpack").read_bytes())
    for signals in (*(pane.signals for pane in batch.panes), window.signals):
        assert len(signals) == 6
        for raw in signals.values():
            # Summaries add up with those of today: they have to be the very same.
            assert encode_summary(decode_summary(raw)) == bytes(raw)
    assert batch.panes[0].examples["response.refusal"][0].event_id == "event-0"
    rows = TABLES["window"].rows(message((release / "window.msgpack").read_bytes()))
    assert len(rows) == 7


@releases
def test_references_are_read(release: Path) -> None:
    reference = decode_reference((release / "reference").read_bytes())
    (blocks,) = reference.segments.values()
    assert [block.events for block in blocks] == [4, 4]
    assert all(decode_summary(raw) for block in blocks for raw in block.signals.values())


@releases
def test_watch_goes_on_from_the_state_of_another_release(release: Path) -> None:
    """Windows and alerts are those that the other release would have told."""
    kept = msgspec.msgpack.decode((release / "watch-state.msgpack").read_bytes())
    watcher = Watcher(MONITORS, WatchSettings(), [tuple(record) for record in kept])
    following = decode_pane_batch((release / "watch-next.msgpack").read_bytes())
    step = watcher.apply(following, 2, told_at=3.0)

    expected = msgspec.msgpack.decode(
        (release / "watch-windows.msgpack").read_bytes(), type=list[bytes]
    )
    assert _contents(step.windows) == _contents([decode_window(data) for data in expected])
    alerts = msgspec.json.decode((release / "watch-alerts.json").read_bytes(), type=list[Alert])
    assert [(a.transition_id, a.value) for a in step.alerts] == [
        (a.transition_id, a.value) for a in alerts
    ]
    assert [alert.state for alert in alerts] == ["resolved"]


def _contents(windows: list[Window]) -> dict[str, Any]:
    return {
        window.key: (
            window.version,
            window.events,
            {name: decode_summary(raw) for name, raw in window.signals.items()},
        )
        for window in windows
    }


def test_state_of_another_version_says_what_to_do() -> None:
    kept = msgspec.msgpack.decode((RELEASES[-1] / "watch-state.msgpack").read_bytes())
    changed = []
    for key, value in kept:
        if key == "meta":
            # After offset and existence, an array whose first item is the version.
            assert value[10] <= STATE_VERSION
            changed.append((key, value[:10] + bytes([STATE_VERSION + 1]) + value[11:]))
        else:
            changed.append((key, value))
    with pytest.raises(ValueError, match=r"begin anew with another watch\.application"):
        Watcher(MONITORS, WatchSettings(), changed)


@pytest.mark.parametrize("name", JSON)
def test_fields_of_a_later_release_are_passed_over(name: str) -> None:
    data = (LATER / f"{name}.json").read_bytes()
    present = json.loads(data)
    del present["added_later"]
    assert present.items() <= msgspec.to_builtins(JSON[name](data)).items()


@pytest.mark.parametrize("name", sorted(TABLES.keys() & JSON.keys()))
def test_a_later_version_is_refused_with_what_to_do(name: str) -> None:
    value = (LATER / f"{name}-version-2.json").read_bytes()
    with pytest.raises(RefusedError, match="this release knows 1: upgrade the sink") as refused:
        TABLES[name].rows(message(value))
    assert refused.value.reason == "unknown_schema_version"


def test_an_event_of_a_later_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(WireError, match="upgrade Tidewatch before its producers"):
        native.decode_event((LATER / "event-version-2.json").read_bytes())


@pytest.mark.parametrize("name", ["pane-batch", "pane-batch-grown-summary"])
def test_panes_of_a_later_release_are_read(name: str) -> None:
    batch = decode_pane_batch((LATER / f"{name}.msgpack").read_bytes())
    step = Watcher(MONITORS, WatchSettings()).apply(batch, 0, told_at=1.0)
    assert step.puts
    for pane in batch.panes:
        assert decode_summary(pane.signals["response.refusal"]) == FlagCounts(4, 1)


@pytest.mark.parametrize("name", ["window", "window-grown-summary"])
def test_windows_of_a_later_release_are_read(name: str) -> None:
    rows = TABLES["window"].rows(message((LATER / f"{name}.msgpack").read_bytes()))
    assert [row[5] for row in rows] == ["", "response.refusal"]


def test_panes_of_a_later_version_are_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="upgrade watch before score"):
        decode_pane_batch((LATER / "pane-batch-version-2.msgpack").read_bytes())


def test_a_summary_that_is_not_known_is_refused_with_what_to_do() -> None:
    batch = decode_pane_batch((LATER / "pane-batch-unknown-summary.msgpack").read_bytes())
    watcher = Watcher(MONITORS, WatchSettings())
    with pytest.raises(ValueError, match=r"signal response\.refusal: .*upgrade this process"):
        watcher.apply(batch, 0, told_at=1.0)
    value = (LATER / "window-unknown-summary.msgpack").read_bytes()
    with pytest.raises(RefusedError, match=r"response\.refusal: .*upgrade this process"):
        TABLES["window"].rows(message(value))


def test_windows_of_a_later_version_are_refused_with_what_to_do() -> None:
    with pytest.raises(RefusedError, match="upgrade the sink"):
        TABLES["window"].rows(message((LATER / "window-version-2.msgpack").read_bytes()))
