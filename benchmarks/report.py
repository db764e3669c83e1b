"""The pipeline's results as tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.alert_latency import BURST_EVENTS, AlertLatency, Percentiles
from benchmarks.capacity import Capacity
from benchmarks.page import Results
from benchmarks.peer import Peer

_BESIDE: Final = "store"
_STAGES: Final = {"take": "take (consume, and wait)", _BESIDE: "store (beside the others)"}
_MEMORY: Final = ("score", "watch", "sink", "notify", "kafka", "clickhouse")


def capacity_table(found: Sequence[Capacity]) -> Results:
    """Events a second by size."""
    return Results(
        "Capacity of one score worker",
        (
            "bytes an event",
            "signals",
            "events/s of wall time",
            "events/s per core",
            "range",
            "MB/s per core",
            "Kafka and ClickHouse, µs an event",
        ),
        [
            (
                f"{c.bytes:,.0f}",
                c.signals,
                f"{c.per_second:,.0f}",
                f"**{c.per_core:,.0f}**",
                f"{c.per_core_range[0]:,.0f} to {c.per_core_range[1]:,.0f}",
                f"{c.per_core * c.bytes / 1e6:.1f}",
                f"{c.servers_microseconds:.0f}",
            )
            for c in found
        ],
        f"A backlog in Kafka, then `score` over it: decoded, checked, every signal, redacted, rows "
        f"in ClickHouse, panes, one transaction a commit. Per core means per second of score's own "
        f"processor time. {_rounds(found[0].rounds)}, from the first to the last full "
        "commit; every event was found as one row in ClickHouse afterwards. *Statistics* leaves "
        "out the detectors that judge what is said (`score.detectors_off`) and the search for "
        "personal data (`score.redact`).",
    )


def stage_table(found: Sequence[Capacity]) -> Results:
    """Where score's time goes, by size."""
    names = sorted(found[0].stages, key=lambda name: name == _BESIDE)
    rows = [
        [
            _STAGES.get(name, name),
            *(f"{c.stages[name]:.1f} ({_share(c.stages, name)})" for c in found),
        ]
        for name in names
    ]
    sums = [f"{_in_turn(c.stages):.1f}" for c in found]
    return Results(
        "Stages of score",
        ("stage", *(f"{c.bytes:,.0f} bytes, {c.signals}: µs an event" for c in found)),
        [*rows, ["all but store", *sums]],
        "Wall time by score's own metric `tidewatch_score_stage_seconds`, with its share. `rows` "
        "is the redaction and making rows; `store`, until ClickHouse has them, goes on beside the "
        "next batch.",
    )


def latency_table(found: AlertLatency) -> Results:
    """From event to alert."""
    return Results(
        "From event to alert",
        ("seconds from the event until", "p50", "p99", "max"),
        [
            ("the alert is on the alerts topic", *_seconds(found.on_topic)),
            ("the webhook receiver has it", *_seconds(found.at_receiver)),
        ],
        f"All processes on, {found.per_second:,.0f} events/s of {found.bytes:,.0f} bytes. "
        f"{found.alerts} services fail one after the other; a service's monitor (error rate over "
        f"50 % with at least {BURST_EVENTS} events in a minute) becomes true with its "
        f"{BURST_EVENTS}th failure, whose event time is the start. Load generator at most "
        f"{1000 * found.sender_late_seconds:.0f} ms late.",
    )


def usage_table(found: AlertLatency, capacity: Sequence[Capacity]) -> Results:
    """Memory and processor by process."""
    backlog: Mapping[str, int] = {
        name: max((c.peak_bytes.get(name, 0) for c in capacity), default=0) for name in _MEMORY
    }
    return Results(
        "Memory and processor",
        (
            "process",
            f"of a core at {found.per_second:,.0f} events/s",
            f"peak MB at {found.per_second:,.0f} events/s",
            "peak MB over the backlogs",
        ),
        [
            (
                name,
                f"{100 * found.cpu_share[name]:.0f} %",
                f"{found.peak_bytes.get(name, 0) / 1e6:.0f}",
                f"{backlog[name] / 1e6:.0f}" if backlog[name] else "",
            )
            for name in _MEMORY
        ],
    )


def peer_table(
    peers: Sequence[Peer], ours: Capacity | None, agreement: Mapping[str, float], signals: int
) -> Results:
    """Score against its peers."""
    rows = [
        (
            f"{peer.library}, " + ("the same signals" if peer.work == "all" else "counting only"),
            f"{peer.per_second:,.0f}",
            f"{peer.per_core:,.0f}",
            f"{peer.per_core_range[0]:,.0f} to {peer.per_core_range[1]:,.0f}",
            f"{ours.per_core / peer.per_core:.1f}" if ours else "",
        )
        for peer in peers
    ]
    if ours is not None:
        low, high = ours.per_core_range
        rows.insert(
            0,
            (
                "score, statistics only",
                f"{ours.per_second:,.0f}",
                f"{ours.per_core:,.0f}",
                f"{low:,.0f} to {high:,.0f}",
                "1",
            ),
        )
    alike = sum(agreement.values()) / len(agreement)
    least = min(agreement, key=agreement.__getitem__)
    return Results(
        "Beside one event at a time",
        (
            "events of 2 kB",
            "events/s of wall time",
            "events/s per core",
            "range",
            "score is faster by",
        ),
        rows,
        "The same events from the same topic, in the same run. Every peer computes "
        f"{len(agreement)} of our {signals} signals in ordinary Python with compiled regular "
        "expressions, event by event, and counts by service. They are treated well: msgspec, "
        "uvloop and one table write an event for the Faust agent, counts in a dictionary for the "
        "others; they store nothing in ClickHouse, fold no summaries and keep no transactions, all "
        f"of which score does. Their signals are ours in {100 * alike:.1f} % of cases "
        f"(least: `{least}`, {100 * agreement[least]:.0f} %).",
    )


def _rounds(count: int) -> str:
    return "One round" if count == 1 else f"Medians of {count} rounds"


def _share(stages: Mapping[str, float], name: str) -> str:
    return f"{100 * stages[name] / _in_turn(stages):.0f} %"


def _in_turn(stages: Mapping[str, float]) -> float:
    """The sum of the stages that come one after the other."""
    return sum(seconds for name, seconds in stages.items() if name != _BESIDE)


def _seconds(found: Percentiles) -> tuple[str, str, str]:
    return f"{found.p50:.2f}", f"{found.p99:.2f}", f"{found.max:.2f}"
