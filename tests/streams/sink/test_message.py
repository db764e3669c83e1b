"""Nothing that is written to a topic ends the sink."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from streams.sink.message import Message, RefusedError
from streams.sink.sink import TARGETS
from streams.sink.target import Target

JSON = [target for target in TARGETS if target.table not in ("raw_windows", "raw_dead_letters")]


def rows(target: Target, value: bytes) -> Any:
    return target.rows(Message(target.topic.name, 0, 0, datetime.now(UTC), None, value))


@pytest.mark.parametrize("target", JSON, ids=lambda target: target.table)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b'{"more":' + b"[" * 100_000, "not_json"),
        (b'{"comment":"\xff"}', "not_json invalid"),
        (b"\xff\xfe", "not_json"),
        (b"{}", "invalid"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_refused(target: Target, value: bytes, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        rows(target, value)
    assert refused.value.reason in reason.split()


@pytest.mark.parametrize("target", JSON, ids=lambda target: target.table)
def test_another_version_is_told_from_what_is_wrong(target: Target) -> None:
    """A later release may have kinds that this one does not know."""
    later = {"schema_version": 2, "kind": "of the future", "event_id": 7}
    with pytest.raises(RefusedError, match="upgrade the sink") as refused:
        rows(target, msgspec.json.encode(later))
    assert refused.value.reason == "unknown_schema_version"
