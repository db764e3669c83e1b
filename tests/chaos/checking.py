"""What is there against what must be there."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from clickhouse_connect.driver.client import Client

from detectors.summaries import FlagCounts, decode_summary
from schemas.alerts import Alert, decode_alert
from schemas.dead_letters import HEADER_REASON, HEADER_TOPIC
from schemas.monitors.resolved import MonitorSet
from schemas.panes import decode_pane_batch
from schemas.segments import segment_key
from schemas.topics import ALERTS, DEAD_LETTERS, INFERENCE, PANES, WINDOWS
from schemas.windows import Window, decode_window
from streams.detectors import wanted_signals
from streams.kafka import topic_name
from streams.monitors import usable_monitors
from streams.settings import Settings
from streams.store.setup import connect_by
from tests.chaos.oracle import Oracle, Tally, WindowKey
from tests.chaos.topics import read_topic

_SHOWN = 5

_WINDOWS = """
    SELECT resolution_seconds, segmentation, segment_key, toUnixTimestamp(start),
           anyIf(events, signal = ''), anyIf(positive, signal = 'error'),
           anyIf(sum, signal = 'latency'), anyIf(sum, signal = 'tokens.output'),
           anyIf(count, signal = 'error'), anyIf(count, signal = 'latency'),
           anyIf(count, signal = 'feedback.positive'), anyIf(positive, signal = 'feedback.positive')
    FROM windows
    WHERE resolution_seconds IN (10, 60)
        AND signal IN ('', 'error', 'latency', 'tokens.output', 'feedback.positive')
    GROUP BY resolution_seconds, segmentation, segment_key, start
"""
_ALERTS = """
    SELECT monitor, segment_key, state, severity, toUnixTimestamp64Milli(started_at),
           toUnixTimestamp64Milli(changed_at), value, events, bad_events
    FROM alerts WHERE kind != 'self'
"""


def check(
    settings: Settings, oracle: Oracle, closed_until: Mapping[int, float], *, alerts: bool
) -> list[str]:
    """Every difference, in words; nothing when all is as it must be.

    Parameters
    ----------
    settings
        Of the run.
    oracle
        What was sent.
    closed_until
        By resolution: windows that end by then (epoch seconds) are compared.
    alerts
        Whether to compare alerts too.
    """
    client = connect_by(settings.clickhouse)
    try:
        found = [*_events(client, oracle), *_dead_letters(client, settings, oracle)]
        found += _feedback(client, oracle)
        if settings.kafka.delivery == "exactly_once":
            found += _judgements(settings, oracle)
        found += _windows(client, oracle, closed_until)
        found += _window_history(settings)
        found += _alert_history(settings)
        if alerts:
            found += _alerts(client, settings, oracle, min(closed_until.values()))
    finally:
        client.close()
    if oracle.lost:
        found.append(f"sent events were lost on their way to Kafka: {dict(oracle.lost)}")
    return found


def monitors_of(settings: Settings) -> MonitorSet:
    """The monitors of a run."""
    return usable_monitors(settings.monitors, wanted_signals(settings.score))


def _events(client: Client, oracle: Oracle) -> list[str]:
    number = "toUInt64(substring(event_id, 3))"
    rows = client.query(f"SELECT count(), uniqExact(event_id), sum({number}) FROM events")
    count, distinct, total = rows.result_rows[0]
    wanted = oracle.events
    if (count, distinct, total) == (wanted, wanted, wanted * (wanted - 1) // 2):
        return []
    ids = Counter(r[0] for r in client.query(f"SELECT {number} FROM events").result_rows)
    return [
        *_listed("events are not stored", [n for n in range(wanted) if n not in ids]),
        *_listed("events are stored more than once", [n for n, times in ids.items() if times > 1]),
        *_listed("stored events were never sent", [n for n in ids if n >= wanted]),
    ]


def _dead_letters(client: Client, settings: Settings, oracle: Oracle) -> list[str]:
    rows = client.query("SELECT key, reason, count() FROM dead_letters GROUP BY key, reason")
    stored = Counter({(row[0], row[1]): row[2] for row in rows.result_rows})
    wanted = Counter({(k.decode(), refused.reason): 1 for k, refused in oracle.refused.items()})
    found = [
        *_listed("dead letters are not stored", list((wanted - stored).elements())),
        *_listed("dead letters are stored and should not be", list((stored - wanted).elements())),
    ]
    published: Counter[bytes] = Counter()
    changed = []
    inference = topic_name(settings.kafka, INFERENCE).encode()
    for message in read_topic(settings.kafka, DEAD_LETTERS):
        headers = dict(message.headers() or [])
        key = message.key() or b""
        refused = oracle.refused.get(key)
        if refused is None:
            changed.append(f"{key!r} was never refused")
        elif (message.value() or b"") != refused.value or headers.get(HEADER_REASON) != (
            refused.reason.encode()
        ):
            changed.append(f"{key!r} is not what was refused, or says another reason")
        if headers.get(HEADER_TOPIC) == inference:
            published[key] += 1
    found += _listed("dead letters on the topic are wrong", changed)
    if settings.kafka.delivery == "exactly_once":
        twice = [key for key, times in published.items() if times > 1]
        found += _listed("dead letters of score are on the topic more than once", twice)
    return found


def _feedback(client: Client, oracle: Oracle) -> list[str]:
    count = client.query("SELECT count() FROM feedback").result_rows[0][0]
    return [] if count == oracle.feedback else [f"{count} feedbacks stored of {oracle.feedback}"]


def _windows(client: Client, oracle: Oracle, closed_until: Mapping[int, float]) -> list[str]:
    stored = {tuple(row[:4]): row[4:] for row in client.query(_WINDOWS).result_rows}
    wanted = oracle.windows()

    def compared(key: Any) -> bool:
        tier, start = key[0], key[3]
        return tier in closed_until and start + tier <= closed_until[tier]

    missing, wrong = [], []
    for key, tally in wanted.items():
        if not compared(key):
            continue
        row = stored.get(key)
        if row is None:
            if tally.unsure < tally.events:
                missing.append(f"{_window(key)} ({tally.events} events)")
        elif problem := _difference(row[:-2], tally) or _misjudged(row[-2:], tally):
            wrong.append(f"{_window(key)}: {problem}")
    unknown = [_window(key) for key in stored if compared(key) and key not in wanted]
    return [
        *_listed("windows are missing", missing),
        *_listed("windows are wrong", wrong),
        *_listed("windows should not be there", unknown),
    ]


def _window(key: WindowKey | Any) -> str:
    return f"{key[0]} s from {key[3]} of {key[2]}"


def _difference(row: Any, tally: Tally) -> str:
    events, errors, seconds, tokens, known, latencies = row
    if tally.unsure:
        if tally.events - tally.unsure <= events <= tally.events:
            return ""
        return f"{events} events instead of {tally.events - tally.unsure} to {tally.events}"
    told = (events, errors, seconds, tokens, known, latencies)
    right = (tally.events, tally.errors, tally.seconds, tally.tokens, tally.events, tally.events)
    if told == right:
        return ""
    names = ("events", "errors", "latency sum", "tokens", "flags", "latencies")
    return ", ".join(
        f"{name} {was} instead of {should}"
        for name, was, should in zip(names, told, right, strict=True)
        if was != should
    )


def _misjudged(row: Any, tally: Tally) -> str:
    """Whether it counts other feedback than there was."""
    said, liked = row
    if (
        tally.said - tally.said_late <= said <= tally.said
        and tally.liked - tally.liked_late <= liked <= tally.liked
    ):
        return ""
    return (
        f"feedback, and positive of it: ({said}, {liked}) instead of ({tally.said}, {tally.liked}),"
        f" of which ({tally.said_late}, {tally.liked_late}) may be late"
    )


def _judgements(settings: Settings, oracle: Oracle) -> list[str]:
    """Panes count each feedback once, in the second and every segment of its event."""
    folded: dict[tuple[str, int], tuple[int, int]] = {}
    for message in read_topic(settings.kafka, PANES):
        for pane in decode_pane_batch(message.value() or b"").panes:
            raw = pane.signals.get("feedback.positive")
            if raw is not None:
                flag = decode_summary(raw)
                assert isinstance(flag, FlagCounts)
                where = segment_key(pane.segment), pane.start
                said, liked = folded.get(where, (0, 0))
                folded[where] = said + flag.count, liked + flag.positive
    wanted = oracle.said()
    return _listed(
        "panes count other feedback than there was",
        [
            f"{key} at {second}: {folded.get((key, second), (0, 0))} instead of "
            f"{wanted.get((key, second), (0, 0))}"
            for key, second in sorted(folded.keys() | wanted.keys())
            if folded.get((key, second)) != wanted.get((key, second))
        ],
    )


def _window_history(settings: Settings) -> list[str]:
    """A version of a window says the same whenever it is told; versions only grow."""
    newest: dict[str, Window] = {}
    wrong = []
    for message in read_topic(settings.kafka, WINDOWS):
        window = decode_window(message.value() or b"")
        known = newest.get(window.key)
        if known is not None and known.version == window.version and known != window:
            wrong.append(f"{window.key}, version {window.version}")
        if known is None or known.version < window.version:
            newest[window.key] = window
    return _listed("windows have two contents in one version", wrong)


def _alert_history(settings: Settings) -> list[str]:
    """A transition says the same whenever it is told, and states follow each other."""
    known: dict[str, Alert] = {}
    order: dict[str, list[str]] = {}
    wrong = []
    for message in read_topic(settings.kafka, ALERTS):
        alert = decode_alert(message.value() or b"")
        if alert.kind == "self":
            continue
        first = known.setdefault(alert.transition_id, alert)
        if first is alert:
            order.setdefault(alert.episode_id, []).append(alert.state)
        elif first != alert:
            wrong.append(f"{alert.monitor} {alert.state} at {alert.changed_at} has two contents")
    for episode, states in order.items():
        ranks = [("pending", "firing", "resolved").index(state) for state in states]
        if ranks != sorted(ranks) or states.count("resolved") > 1:
            wrong.append(f"{episode} went {' → '.join(states)}")
    return _listed("alerts have a wrong history", wrong)


def _alerts(client: Client, settings: Settings, oracle: Oracle, until: float) -> list[str]:
    wanted = {_key(alert): alert for alert in oracle.alerts(monitors_of(settings), int(until))}
    stored: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    found = []
    for row in client.query(_ALERTS).result_rows:
        if row[5] <= until * 1000:
            stored[tuple(row[:6])] = tuple(row[6:])
    found += _listed("alerts are missing", [_told(k) for k in wanted if k not in stored])
    found += _listed("alerts should not be there", [_told(k) for k in stored if k not in wanted])
    different = []
    for key, alert in wanted.items():
        told = stored.get(key)
        right = (alert.value, alert.events, alert.bad_events)
        if told is not None and not all(map(_same, told, right)):
            different.append(f"{_told(key)} says {told} instead of {right}")
    if not wanted:
        found.append("no alert was to be expected: the run proves nothing about alerts")
    return found + _listed("alerts say something else", different)


def _key(alert: Alert) -> tuple[Any, ...]:
    return (
        alert.monitor,
        segment_key(alert.segment),
        alert.state,
        alert.severity,
        int(alert.started_at.timestamp() * 1000),
        int(alert.changed_at.timestamp() * 1000),
    )


def _told(key: tuple[Any, ...]) -> str:
    return f"{key[0]} {key[2]} ({key[3]}) of {key[1]} at {key[5] / 1000:.0f}"


def _same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-9)


def _listed(what: str, those: Iterable[Any]) -> list[str]:
    found = list(those)
    if not found:
        return []
    shown = "; ".join(map(str, found[:_SHOWN]))
    return [f"{len(found)} {what}: {shown}{' …' if len(found) > _SHOWN else ''}"]
