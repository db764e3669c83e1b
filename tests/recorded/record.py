"""Records what this release writes, for later ones to read: ``python -m tests.recorded.record``.

A folder a release; what is recorded is never changed. ``later`` is what a release to come may
write: fields and summaries that this one does not know.
"""

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.clickhouse.migrations import load_migrations
from schemas.panes import encode_pane_batch
from schemas.references import encode_reference
from schemas.windows import encode_window
from tests.recorded import samples

HERE = Path(__file__).parent
LATER = "later"
_packed = msgspec.msgpack.Encoder().encode


def recorded(name: str) -> list[bytes]:
    """What was recorded under a name, by this release and as a later one may write it."""
    stem, dot, suffix = name.partition(".")
    return [path.read_bytes() for path in sorted(HERE.glob(f"*/{stem}*{dot}{suffix}"))]


def present() -> dict[str, bytes]:
    """What this release writes, by name of the file."""
    watcher = Watcher(samples.MONITORS, WatchSettings())
    state: dict[str, bytes] = {}
    # As Kafka would have it: a later put of a key takes the place of an earlier one.
    for offset, (first, last, bad) in enumerate([(0, 40, 1), (40, 90, 3)]):
        step = watcher.apply(samples.pane_batch(first, last, bad), offset, told_at=offset + 1.0)
        for key, value in step.puts.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
    following = samples.pane_batch(90, 200, 0)
    step = watcher.apply(following, 2, told_at=3.0)
    manifest = {"migrations": len(load_migrations()), "fired_before": True}
    return {
        **{f"{name}.json": msgspec.json.encode(d) for name, d in samples.documents().items()},
        "span.json": _span(),
        "pane-batch.msgpack": encode_pane_batch(samples.pane_batch(0, 2)),
        "window.msgpack": encode_window(samples.window()),
        "reference": encode_reference(samples.reference()),
        "watch-state.msgpack": _packed(list(state.items())),
        "watch-next.msgpack": encode_pane_batch(following),
        "watch-windows.msgpack": _packed([encode_window(window) for window in step.windows]),
        "watch-alerts.json": msgspec.json.encode(step.alerts),
        "manifest.json": json.dumps(manifest).encode(),
    }


def later() -> dict[str, bytes]:
    """What a release to come may write: present documents with more in them."""

    def more(document: Any) -> dict[str, Any]:
        return {**msgspec.to_builtins(document), "added_later": {"nested": [1, {"deep": True}]}}

    batch = msgspec.msgpack.decode(encode_pane_batch(samples.pane_batch(0, 2)))
    window = msgspec.msgpack.decode(encode_window(samples.window()))
    flag = ["f", 4, 1]

    def batch_with(summary: Any, **fields: Any) -> bytes:
        panes = [{**pane, "signals": {"response.refusal": summary}} for pane in batch["panes"]]
        return _packed({**batch, "panes": panes, **fields})

    def window_with(summary: Any, **fields: Any) -> bytes:
        return _packed({**window, "signals": {"response.refusal": summary}, **fields})

    return {
        **{
            f"{name}.json": msgspec.json.encode(more(document))
            for name, document in samples.documents().items()
        },
        **{
            f"{name}-version-2.json": msgspec.json.encode(
                {**more(document), "schema_version": 2, "kind": "of the future"}
            )
            for name, document in samples.documents().items()
        },
        "pane-batch.msgpack": batch_with(flag, added_later={"a": 1}),
        "pane-batch-version-2.msgpack": batch_with(flag, schema_version=2),
        "pane-batch-grown-summary.msgpack": batch_with([*flag, {"added": "later"}, [1]]),
        "pane-batch-unknown-summary.msgpack": batch_with(["z", 1, 2]),
        "window.msgpack": window_with(flag, added_later=1),
        "window-version-2.msgpack": window_with(flag, schema_version=2),
        "window-grown-summary.msgpack": window_with([*flag, {"added": "later"}, [1]]),
        "window-unknown-summary.msgpack": window_with(["z", 1, 2]),
    }


def _span() -> bytes:
    """An inference as an OpenTelemetry span."""
    turn = {"role": "user", "parts": [{"type": "text", "content": "When does it come?"}]}
    return json.dumps(
        {
            "span_id": "event-1",
            "trace_id": "trace-1",
            "start_time": "2026-03-02T09:00:00Z",
            "end_time": "2026-03-02T09:00:01Z",
            "resource": {"service.name": "shop"},
            "attributes": {"gen_ai.request.model": "m1", "gen_ai.input.messages": [turn]},
        }
    ).encode()


def main() -> None:
    """Write what is not recorded yet."""
    recordings: dict[str, Callable[[], dict[str, bytes]]] = {
        version("tidewatch"): present,
        LATER: later,
    }
    for name, make in recordings.items():
        folder = HERE / name
        if folder.exists():
            sys.stdout.write(f"{folder} is recorded already, and stays as it is\n")
            continue
        folder.mkdir()
        for file, data in make().items():
            (folder / file).write_bytes(data)
        sys.stdout.write(f"{folder}: recorded\n")


if __name__ == "__main__":
    main()
