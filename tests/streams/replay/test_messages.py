from collections import Counter
from typing import get_args

import msgspec
import numpy as np
import pytest

from schemas.dead_letters import DeadLetterReason
from schemas.feedback import Feedback
from schemas.topics import FEEDBACK, INFERENCE
from schemas.wire import native
from schemas.wire.errors import WireError
from streams.replay.companions import FeedbackModel, FeedbackShares
from streams.replay.messages import Disturbances, Messages, limited
from streams.replay.outgoing import Outgoing
from streams.replay.rubbish import Rubbish
from streams.replay.simulated import Chunk, Simulated
from streams.score.intake import Intake, Received

from .conftest import NOON, MakeTraffic, rows_of


def messages_of(rows: list[Simulated], **options: object) -> list[Outgoing]:
    settings = {
        "feedback": None,
        "disturbances": Disturbances(),
        "rubbish": Rubbish(),
        "rng": np.random.default_rng(5),
    }
    maker = Messages(**(settings | options))
    chunks = [Chunk(rows=rows[at : at + 100]) for at in range(0, len(rows), 100)]
    sent = [message for chunk in chunks for message in maker.of(chunk)]
    return sent + list(maker.rest(float("inf")))


def test_duplicates(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 4000)
    wanted = Disturbances(duplicates=0.1, duplicate_seconds=3)
    sent = messages_of(rows, disturbances=wanted)
    originals = {m.event_id: m for m in sent if not m.copy}
    copies = [m for m in sent if m.copy]
    assert len(originals) == 4000
    assert len(copies) == pytest.approx(400, rel=0.2)
    for copy in copies:
        original = originals[copy.event_id]
        assert (copy.key, copy.value) == (original.key, original.value)
        assert 0 <= copy.time - original.time <= 3
        assert sent.index(copy) > sent.index(original)
    times = [m.time for m in sent]
    assert times == sorted(times)


def test_calls_of_a_trace_share_a_key(traffic: MakeTraffic) -> None:
    sent = messages_of(rows_of(traffic(), 1000))
    for message in sent:
        assert message.key == native.decode_event(message.value).trace_id.encode()


def test_rubbish_gets_the_reasons_it_is_made_for(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 3000)
    limit = 200_000
    rubbish = Rubbish(too_large_bytes=limit + 1)
    sent = messages_of(rows, disturbances=Disturbances(rubbish=0.1), rubbish=rubbish)
    bad = [m for m in sent if m.reason is not None]
    assert len(bad) == pytest.approx(300, rel=0.2)
    assert len({m.key for m in bad}) == len(bad)
    assert {m.reason for m in bad} == set(get_args(DeadLetterReason)) - {"unreadable_pane"}
    intake = Intake(
        {native.CONTENT_TYPE: native.decode_event},
        max_event_bytes=limit,
        future_seconds=300,
        past_seconds=86400,
    )
    received = [
        Received(topic="inference", partition=0, offset=at, key=m.key, value=m.value, headers=())
        for at, m in enumerate(sent)
    ]
    arrivals, letters = intake.take(received, NOON.timestamp() + 60)
    assert [a.event.event_id for a in arrivals] == [m.event_id for m in sent if not m.reason]
    assert [(letter.key, letter.reason) for letter in letters] == [(m.key, m.reason) for m in bad]


def test_kinds_of_rubbish_take_turns(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 2000)
    sent = messages_of(rows, disturbances=Disturbances(rubbish=1.0))
    kinds = Counter(m.rubbish for m in sent if m.reason)
    assert max(kinds.values()) - min(kinds.values()) <= 1


def test_rubbish_but_for_size_and_time_does_not_decode(
    traffic: MakeTraffic,
) -> None:
    rows = rows_of(traffic(), 500)
    for message in messages_of(rows, disturbances=Disturbances(rubbish=1.0)):
        if message.reason in {None, "too_large", "time_out_of_range"}:
            native.decode_event(message.value)
        else:
            with pytest.raises(WireError) as refused:
                native.decode_event(message.value)
            assert refused.value.reason == message.reason


def test_feedback_follows_its_events(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 4000)
    shares = FeedbackShares(thumb=0.5, regenerate=0.1, edit=0.1, judge=0.1)
    model = FeedbackModel(shares, np.random.default_rng(3))
    sent = messages_of(rows, feedback=model)
    times = {m.event_id: m.time for m in sent if m.topic is INFERENCE}
    said = [m for m in sent if m.topic is FEEDBACK]
    assert len(said) == pytest.approx(0.8 * 4000, rel=0.05)
    for message in said:
        feedback = msgspec.json.decode(message.value, type=Feedback)
        assert message.time == pytest.approx(feedback.time.timestamp())
        assert message.time > times[feedback.event_id]
        assert message.key.decode() == feedback.event_id


def test_feedback_tells_good_answers_from_bad(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 4000)
    for number, row in enumerate(rows):
        row.pleased = 0.9 if number % 2 else 0.2
    pleased = {row.event.event_id: row.pleased for row in rows}
    model = FeedbackModel(FeedbackShares(thumb=1.0), np.random.default_rng(3))
    thumbs = [f for f in model.draw(rows) if f.kind == "thumb"]
    for level in (0.9, 0.2):
        values = [f.value for f in thumbs if pleased[f.event_id] == level]
        assert np.mean(values) == pytest.approx(level, abs=0.05)


def test_limits(traffic: MakeTraffic) -> None:
    chunks = list(limited(traffic().chunks(), 777, None))
    assert sum(len(chunk.rows) for chunk in chunks) == 777
    rows = [row for chunk in limited(traffic().chunks(), None, 7.0) for row in chunk.rows]
    assert rows[-1].time < rows[0].time + 7
    assert len(rows) == pytest.approx(1400, rel=0.3)
