import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.changes import Change
from schemas.events import InferenceEvent
from schemas.wire import native
from streams.replay.fault_spec import DEFAULT_STRENGTH, FACTORS, FaultSpec, parse_fault
from streams.replay.faults import Faults, FaultTruth
from streams.replay.generator import TrafficGenerator
from streams.replay.oracle import write_truths
from streams.replay.simulated import Chunk, Simulated

from .conftest import NOON, rows_of

START = NOON.timestamp()


def done(
    rows: list[Simulated], text: str, size: int = 400, seed: int = 1
) -> tuple[list[Simulated], list[Change], FaultTruth]:
    """Rows after a fault, the changes it made and its truth."""
    faults = Faults([parse_fault(text)], START, seed)
    chunks = [
        faults.apply(Chunk(rows=[msgspec.structs.replace(row) for row in rows[at : at + size]]))
        for at in range(0, len(rows), size)
    ]
    after = [row for chunk in chunks for row in chunk.rows]
    return after, [change for chunk in chunks for change in chunk.changes], faults.truths[0]


@pytest.fixture(scope="module")
def rows() -> list[Simulated]:
    return rows_of(
        TrafficGenerator(200, start=NOON, scenarios=120, daily_amplitude=0.0, users=500), 6000
    )


def source_texts(event: InferenceEvent) -> list[str]:
    return [c.text for c in event.contexts] + [tool.result for tool in event.tools]


def inside(row: Simulated, start: int = 10, end: int = 20) -> bool:
    return START + start <= row.time < START + end


def test_errors_burst_in_scope_and_interval_only(rows: list[Simulated]) -> None:
    after, _, truth = done(rows, "error_burst@10s+10s:service=support-assistant,strength=0.3")
    hit = [b for a, b in zip(rows, after, strict=True) if a.event != b.event]
    assert all(inside(row) and row.event.service_name == "support-assistant" for row in hit)
    scope = [r for r in after if inside(r) and r.event.service_name == "support-assistant"]
    assert np.mean([r.event.status == "error" for r in scope]) == pytest.approx(0.3, abs=0.06)
    assert truth.events_in_scope == len(scope)


@pytest.mark.parametrize("kind", DEFAULT_STRENGTH)
def test_truth_is_exact(rows: list[Simulated], kind: str) -> None:
    after, _, truth = done(rows, f"{kind}@10s+10s:service=support-assistant")
    left = {row.event.event_id: row.event for row in after}
    affected = [row.event.event_id for row in rows if left.get(row.event.event_id) != row.event]
    assert affected
    assert truth.affected_events == len(affected)
    assert truth.first_affected_event_id == affected[0]
    assert truth.last_affected_event_id == affected[-1]
    assert truth.start.timestamp() == START + 10
    assert truth.end is not None
    assert truth.end.timestamp() == START + 20
    assert truth.scope == {"service_name": "support-assistant"}


@pytest.mark.parametrize("kind", DEFAULT_STRENGTH)
def test_events_stay_valid(rows: list[Simulated], kind: str) -> None:
    after, _, _ = done(rows, f"{kind}@0s")
    for row in after:
        assert native.decode_event(native.encode_event(row.event)) == row.event


@pytest.mark.parametrize("kind", sorted(set(DEFAULT_STRENGTH) - FACTORS - {"bad_canary"}))
def test_strength_is_the_share_of_events_hit(rows: list[Simulated], kind: str) -> None:
    _, _, truth = done(rows, f"{kind}@0s:service=travel-planner,strength=0.5")
    possible = 0.5 * truth.events_in_scope
    assert truth.affected_events == pytest.approx(possible, rel=0.2)


@pytest.mark.parametrize("size", [1, 37, 6000])
def test_the_cut_into_chunks_does_not_matter(rows: list[Simulated], size: int) -> None:
    for text in ("unsupported_answers@5s+9s", "bad_canary@5s+9s", "traffic_stop@5s+9s"):
        after, changes, truth = done(rows[:3000], text, size)
        expected, expected_changes, expected_truth = done(rows[:3000], text)
        assert [row.event for row in after] == [row.event for row in expected]
        assert changes == expected_changes
        assert truth == expected_truth


def test_another_seed_hits_others(rows: list[Simulated]) -> None:
    first, _, _ = done(rows, "traffic_stop@0s:strength=0.5", seed=1)
    second, _, _ = done(rows, "traffic_stop@0s:strength=0.5", seed=2)
    ids = [{row.event.event_id for row in kept} for kept in (first, second)]
    assert len(ids[0] & ids[1]) == pytest.approx(0.25 * len(rows), rel=0.15)


def test_traffic_stops(rows: list[Simulated]) -> None:
    after, _, _ = done(rows, "traffic_stop@10s+10s:service=code-helper")
    assert not [r for r in after if inside(r) and r.event.service_name == "code-helper"]
    assert [r for r in after if inside(r)]
    assert [r for r in after if not inside(r)] == [r for r in rows if not inside(r)]


def test_latency_and_cost_grow_by_the_factor(rows: list[Simulated]) -> None:
    after, _, _ = done(rows, "latency_shift@10s+10s:strength=2.5")
    for old, new in zip(rows, after, strict=True):
        factor = 2.5 if inside(new) else 1.0
        assert new.event.latency_seconds == pytest.approx(
            factor * old.event.latency_seconds, abs=1e-4
        )
    after, _, _ = done(rows, "cost_jump@10s+10s:strength=4")
    for old, new in zip(rows, after, strict=True):
        factor = 4.0 if inside(new) else 1.0
        assert new.event.cost_usd == pytest.approx(factor * old.event.cost_usd, abs=1e-7)


def test_unsupported_answers_leave_their_contexts(rows: list[Simulated]) -> None:
    after, _, _ = done(rows, "unsupported_answers@0s:strength=1")
    strange = []
    for old, new in zip(rows, after, strict=True):
        assert new.event.contexts == old.event.contexts
        if new.event != old.event:
            assert new.supported is False
            known = " ".join(source_texts(old.event))
            said = set(re.findall(r"\d+", new.event.response or ""))
            strange.append(not said <= set(re.findall(r"\d+", known)))
    # A changed number may by chance be another one of the contexts.
    assert np.mean(strange) > 0.95


def test_bad_canary_takes_some_users_and_is_announced_and_withdrawn(rows: list[Simulated]) -> None:
    after, changes, truth = done(rows, "bad_canary@10s+10s:service=code-helper,strength=0.3")
    canary = [r for r in after if r.event.service_version.endswith("-canary")]
    others = [r for r in after if inside(r) and r.event.service_name == "code-helper"]
    others = [r for r in others if r not in canary]
    assert all(inside(row) and row.event.release_role == "canary" for row in canary)
    assert not {r.event.user_id for r in canary} & {r.event.user_id for r in others}
    mean = [np.mean([r.event.latency_seconds for r in group]) for group in (canary, others)]
    assert mean[0] > 1.5 * mean[1]
    began, ended = changes
    assert began.kind == ended.kind == "release"
    assert began.segment == {"service_name": "code-helper"}
    assert began.after == ended.before == canary[0].event.service_version
    assert began.time == canary[0].event.time
    assert ended.time == truth.end


def test_truths_are_json_lines(rows: list[Simulated], tmp_path: Path) -> None:
    _, _, truth = done(rows, "model_swap@3s")
    write_truths(tmp_path / "truth.jsonl", [truth, truth])
    lines = (tmp_path / "truth.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=FaultTruth) for line in lines] == [truth, truth]
    assert truth.end is None


@given(
    kind=st.sampled_from(sorted(DEFAULT_STRENGTH)),
    start=st.integers(0, 10**6),
    length=st.none() | st.integers(1, 10**6),
    unit=st.sampled_from([("s", 1), ("m", 60), ("h", 3600), ("", 1)]),
)
def test_specifications_are_read(
    kind: str, start: int, length: int | None, unit: tuple[str, int]
) -> None:
    letter, seconds = unit
    text = f"{kind}@{start}{letter}" + ("" if length is None else f"+{length}{letter}")
    assert parse_fault(text + ":service=a-b.c,role=stable,strength=0.25") == FaultSpec(
        kind=kind,
        start_seconds=start * seconds,
        duration_seconds=None if length is None else length * seconds,
        strength=0.25,
        scope={"service_name": "a-b.c", "release_role": "stable"},
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("error_burst", "not of the form"),
        ("flood@1s", "no kind 'flood'"),
        ("error_burst@1s:color=red", "'color=red' is no option"),
        ("error_burst@1s:strength=lots", "'lots' is no number"),
        ("error_burst@1.2.3s", "'1.2.3' is no number"),
        ("error_burst@1s:strength=1.5", "a share above 0, at most 1"),
        ("latency_shift@1s:strength=-2", "must be above 0"),
    ],
)
def test_wrong_specifications_are_explained(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_fault(text)
