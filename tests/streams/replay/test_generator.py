import re
from collections import Counter
from datetime import timedelta
from itertools import islice

import msgspec
import numpy as np
import pytest

from schemas.changes import Change
from schemas.events import InferenceEvent, Message
from schemas.wire import native
from streams.replay.applications import APPLICATIONS
from streams.replay.arrivals import Arrivals
from streams.replay.draws import Rates
from streams.replay.generator import TrafficGenerator

from .conftest import NOON, MakeTraffic, rows_of


def encoded(generator: TrafficGenerator, count: int) -> list[bytes]:
    return [native.encode_event(row.event) for row in rows_of(generator, count)]


def text_bytes(event: InferenceEvent) -> int:
    prompt = event.prompt
    if not isinstance(prompt, str):
        prompt = "".join(message.content for message in prompt)
    texts = [prompt, event.response or "", *(c.text for c in event.contexts)]
    return sum(len(text.encode()) for text in [*texts, *(tool.result for tool in event.tools)])


def test_same_seed_gives_same_bytes(traffic: MakeTraffic) -> None:
    assert encoded(traffic(seed=7), 1500) == encoded(traffic(seed=7), 1500)


def test_one_generator_gives_its_traffic_again(traffic: MakeTraffic) -> None:
    generator = traffic(seed=7)
    assert encoded(generator, 500) == encoded(generator, 500)


def test_another_seed_or_start_shares_no_ids(traffic: MakeTraffic) -> None:
    ids = [
        {row.event.event_id for row in rows_of(generator, 800)}
        for generator in (traffic(seed=1), traffic(seed=2), traffic(start=NOON + timedelta(days=1)))
    ]
    assert len(set.union(*ids)) == 2400


def test_every_event_is_valid_and_in_order(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(), 3000)
    for row in rows:
        decoded = native.decode_event(native.encode_event(row.event))
        assert decoded == row.event
        assert decoded.time.timestamp() == pytest.approx(row.time, abs=1e-6)
    times = [row.time for row in rows]
    assert times == sorted(times)
    assert times[0] >= NOON.timestamp()


def test_events_hold_together(traffic: MakeTraffic) -> None:
    for row in rows_of(traffic(), 3000):
        event = row.event
        assert (event.status == "error") == bool(event.error_type) == (event.response is None)
        assert event.latency_seconds is not None
        first = event.time_to_first_token_seconds
        assert first is None or first <= event.latency_seconds
        if event.cache_hit:
            assert event.cost_usd == 0
        if event.use_case_kind == "rag":
            assert event.contexts


def test_variety(traffic: MakeTraffic) -> None:
    rows = rows_of(traffic(rates=Rates(error=0.1, blocked=0.1)), 4000)
    events = [row.event for row in rows]
    assert {e.service_name for e in events} == {a.name for a in APPLICATIONS}
    assert {row.language for row in rows} == {"en", "de", "fr", "es", "pt"}
    assert {e.use_case_kind for e in events} == {"rag", "router", "judge", "general", "agent"}
    assert {e.release_role for e in events} == {"stable", "canary", "experiment"}
    assert {g.outcome for e in events for g in e.guardrails} == {"passed", "redacted", "blocked"}
    assert {"timeout", "rate_limited"} <= {e.error_type for e in events}
    assert any(isinstance(e.prompt, list) and isinstance(e.prompt[0], Message) for e in events)
    responses = "\n".join(e.response or "" for e in events)
    for shape in ("```python", "\n- ", "\n1. ", "|---|", "https://"):
        assert shape in responses


def test_no_template_is_left_unfilled(traffic: MakeTraffic) -> None:
    slot = re.compile(r"<(product|plan|days|item|city|thing|field|n|h|d|price|carrier)>")
    for row in rows_of(traffic(), 2000):
        assert not slot.search(native.encode_event(row.event).decode())


def test_right_answers_take_their_numbers_from_the_sources(
    traffic: MakeTraffic,
) -> None:
    """What is called supported holds no number its contexts do not hold; the others often do."""
    strange = Counter()
    total = Counter()
    for row in rows_of(traffic(rates=Rates(unsupported=0.3)), 4000):
        if row.supported is None or row.event.use_case != "answer-question":
            continue
        sources = " ".join(context.text for context in row.event.contexts)
        answer = re.sub(r"^\d+\. |^\| \d+ \|", "", row.event.response, flags=re.MULTILINE)
        known = set(re.findall(r"\d+", sources))
        total[row.supported] += 1
        strange[row.supported] += not set(re.findall(r"\d+", answer)) <= known
    assert strange[True] == 0
    assert total[False] > 200
    assert strange[False] > 0.6 * total[False]


@pytest.mark.parametrize("mean", [1000, 2000, 3000])
def test_mean_size_of_texts(traffic: MakeTraffic, mean: int) -> None:
    sizes = [text_bytes(r.event) for r in rows_of(traffic(mean_text_bytes=mean), 6000)]
    assert sum(sizes) / len(sizes) == pytest.approx(mean, rel=0.2)


def test_calls_of_a_request_share_trace_user_and_conversation(
    traffic: MakeTraffic,
) -> None:
    traces: dict[str, list[InferenceEvent]] = {}
    for row in rows_of(traffic(), 3000):
        traces.setdefault(row.event.trace_id, []).append(row.event)
    several = [events for events in traces.values() if len(events) > 1]
    assert several
    for events in several:
        assert events[0].use_case == "route-query"
        assert len({e.user_id for e in events}) == 1


def test_users_follow_zipf(traffic: MakeTraffic) -> None:
    counts = Counter(row.event.user_id for row in rows_of(traffic(), 5000)).most_common()
    assert counts[0][1] > 10 * np.median([count for _, count in counts])


def test_rate(traffic: MakeTraffic) -> None:
    events = rows_of(traffic(rate=100), 12_000)
    seconds = events[-1].time - events[0].time
    assert len(events) / seconds == pytest.approx(100, rel=0.2)


def test_arrivals_breathe_with_the_day_and_hold_the_mean_rate() -> None:
    arrivals = Arrivals(2.0, daily_amplitude=0.8, burstiness=0.1)
    times = np.concatenate(
        list(islice(arrivals.times(0.0, np.random.default_rng(1), chunk=20_000), 9))
    )
    day = times[times < 86400]
    assert len(day) / 86400 == pytest.approx(2.0, rel=0.05)
    hours = np.histogram(day, bins=24, range=(0, 86400))[0]
    assert hours.argmax() in {14, 15, 16}
    assert hours.max() > 3 * hours.min()


def test_counts_are_more_spread_than_poisson() -> None:
    arrivals = Arrivals(50.0, daily_amplitude=0.0, burstiness=0.3)
    stream = arrivals.times(0.0, np.random.default_rng(2), chunk=1000)
    times = np.concatenate(list(islice(stream, 60)))
    counts = np.histogram(times, bins=int(times[-1]))[0]
    assert counts.var() > 2 * counts.mean()
    assert np.corrcoef(counts[:-1], counts[1:])[0, 1] > 0.3


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_impossible_rates_are_refused(traffic: MakeTraffic, rate: float) -> None:
    with pytest.raises(ValueError, match="rate must be above 0"):
        traffic(rate=rate)


def test_releases_come_with_changes(traffic: MakeTraffic) -> None:
    changes: list[Change] = []
    versions: dict[str, set[str]] = {}
    stop = NOON + timedelta(hours=9)
    for chunk in traffic(rate=0.2, users=50).chunks():
        changes += chunk.changes
        for row in chunk.rows:
            if row.event.release_role != "canary":
                versions.setdefault(row.event.service_name, set()).add(row.event.service_version)
        if chunk.rows[-1].event.time > stop:
            break
    released = {c.segment["service_name"]: c for c in changes if c.kind == "release"}
    assert set(released) == {name for name, seen in versions.items() if len(seen) > 1}
    assert set(released) == {a.name for a in APPLICATIONS}
    for name, change in released.items():
        assert {change.before, change.after} <= versions[name]
        assert msgspec.json.decode(msgspec.json.encode(change), type=Change) == change
