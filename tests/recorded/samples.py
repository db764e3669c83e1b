"""One of each thing that is written and read later, with every field set."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from msgspec import Raw

from detectors.summaries import (
    USERS,
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    encode_summary,
)
from schemas.alerts import Alert, AlertExample, Contribution, fingerprint
from schemas.audit import AuditEntry
from schemas.changes import Change
from schemas.deliveries import Delivery
from schemas.events import (
    Context,
    Embeddings,
    GuardrailOutcome,
    InferenceEvent,
    Message,
    ToolCall,
)
from schemas.feedback import Feedback
from schemas.monitors.resolved import MonitorSet, NoDataMonitor, ThresholdMonitor
from schemas.panes import Example, Pane, PaneBatch
from schemas.references import Reference, ReferenceBlock
from schemas.segments import segment_key
from schemas.windows import Window

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = int(NOW.timestamp())
SHOP = {"service_name": "shop"}
MONITORS = MonitorSet(
    monitors=(
        ThresholdMonitor(
            name="refusals",
            segmentation=("service_name",),
            signal="response.refusal",
            statistic="rate",
            window_seconds=60,
            severity="page",
            upper=0.2,
            resolve_upper=0.1,
        ),
        NoDataMonitor(
            name="quiet", segmentation=("service_name",), for_seconds=300, severity="ticket"
        ),
    )
)


def summaries(seed: int, bad: int = 1) -> dict[str, Summary]:
    """A summary of every class, by signal."""
    rng = np.random.default_rng(seed)
    return {
        "response.refusal": FlagCounts(4, bad),
        "latency": Distribution.empty().observe(rng.lognormal(0, 1, 4).tolist()),
        "balance": Distribution.empty().observe([-1.5, 0.0, 2.0]),
        "finish_reason": CategoryCounts.empty().observe(["stop", "stop", "length"]),
        "prompt.embedding": VectorSum.empty().observe(rng.normal(size=(4, 3)).tolist()),
        USERS: Cardinality.empty().observe([f"user-{seed}-{n}" for n in range(4)]),
    }


def encoded(found: dict[str, Summary]) -> dict[str, Raw]:
    """The same for the wire."""
    return {name: Raw(encode_summary(summary)) for name, summary in found.items()}


def pane(second: int, bad: int = 1) -> Pane:
    """Four events of the shop."""
    example = Example(7, f"event-{second}", START + second + 0.5, "the prompt", "the answer")
    return Pane(
        start=START + second,
        segment=SHOP,
        events=4,
        signals=encoded(summaries(second, bad)),
        examples={"response.refusal": [example]},
    )


def pane_batch(first: int, last: int, bad: int = 1) -> PaneBatch:
    """Panes of some seconds, complete until the last one's end."""
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": float(START + last)},
        panes=[pane(second, bad) for second in range(first, last)],
        newest_event=START + last - 0.5,
    )


def window() -> Window:
    """A closed minute."""
    return Window(
        resolution_seconds=60,
        start=START,
        segment=SHOP,
        version=3,
        events=240,
        signals=encoded(summaries(1)),
    )


def change() -> Change:
    """A release."""
    return Change(
        change_id="c1",
        time=NOW,
        kind="release",
        segment=SHOP,
        before="1.0",
        after="1.1",
        description="new prompt",
        author="ann",
        link="https://example.org/1.1",
    )


def alert() -> Alert:
    """An alert that fires."""
    return Alert(
        fingerprint=fingerprint("refusals", SHOP),
        monitor="refusals",
        kind="threshold",
        severity="page",
        segment=SHOP,
        state="firing",
        started_at=NOW,
        changed_at=NOW + timedelta(minutes=1),
        fired_at=NOW + timedelta(minutes=1),
        resolved_at=None,
        summary="shop: refusals are at 0.4",
        description="More than a fifth refuse.",
        value=0.4,
        value_low=0.3,
        value_high=0.5,
        expected=0.2,
        unit="1",
        window_seconds=60,
        events=240,
        bad_events=96,
        users=60,
        contributions=[Contribution(segment=SHOP, share=1.0, value=0.4, events=240)],
        changes=[change()],
        examples=[AlertExample(event_id="event-1", time=NOW, prompt_excerpt="the prompt")],
        labels={"team": "a"},
        receivers=["chat"],
        runbook_url="https://example.org/runbook",
        dashboard_url="https://example.org/dashboard",
        evidence_sql="SELECT 1",
    )


def documents() -> dict[str, Any]:
    """What is JSON on the wire, by name."""
    firing = alert()
    return {
        "event": InferenceEvent(
            event_id="event-1",
            time=NOW,
            service_name="shop",
            labels={"tenant": "t1"},
            prompt=[Message(role="user", content="When does it come?")],
            response="Tomorrow.",
            contexts=["It comes tomorrow.", Context(text="Or later.", id="d1", score=0.5)],
            tools=[ToolCall(name="track", arguments="{}", result="tomorrow")],
            embeddings=Embeddings(model="e", prompt=[0.5, 0.25]),
            guardrails=[GuardrailOutcome(name="g", stage="after", outcome="passed", score=0.1)],
            latency_seconds=0.5,
            usage_input_tokens=10,
            cost_usd=0.001,
            cache_hit=False,
        ),
        "feedback": Feedback(
            feedback_id="f1",
            event_id="event-1",
            time=NOW,
            kind="score",
            service_name="shop",
            source="judge",
            value=0.25,
            label="ok",
            comment="fine",
            user_id="u1",
            judge="tiny",
            inclusion_probability=0.5,
        ),
        "change": change(),
        "alert": firing,
        "delivery": Delivery(
            fingerprint=firing.fingerprint,
            receiver="chat",
            transition_id=firing.transition_id,
            state="firing",
            severity="page",
            time=NOW,
            outcome="delivered",
            attempts=2,
            error="HTTP 500",
            told_transition_id=firing.transition_id,
            told_state="firing",
            told_severity="page",
        ),
        "audit-entry": AuditEntry(
            entry_id="a1",
            time=NOW,
            kind="monitor",
            action="changed",
            subject="refusals",
            actor="ann",
            process="watch-0",
            before="0" * 16,
            after="1" * 16,
            description="stricter",
        ),
    }


def reference() -> Reference:
    """Two blocks of ten minutes."""
    blocks = [
        ReferenceBlock(START + 600 * number, 4, encoded(summaries(number))) for number in range(2)
    ]
    return Reference(
        name="march",
        origin="windows",
        begin=START,
        end=START + 1200,
        block_seconds=600,
        segments={segment_key(SHOP): blocks},
    )
