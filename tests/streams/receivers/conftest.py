"""An alert that says all that an alert can say, some of it with bad intent."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.alerts import Alert, AlertExample, Contribution, fingerprint
from schemas.changes import Change

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SEGMENT = {"service_name": "shop", "labels.tenant-id": "__other__"}


@pytest.fixture
def alert() -> Alert:
    return Alert(
        fingerprint=fingerprint("groundedness", SEGMENT),
        monitor="groundedness",
        kind="burn_rate",
        severity="page",
        segment=SEGMENT,
        state="firing",
        started_at=START,
        fired_at=START + timedelta(minutes=2),
        changed_at=START + timedelta(minutes=2),
        summary="Answers of shop are not grounded: error budget burns 20 times too fast",
        description="1 h and 5 min windows both burn above 14.4.",
        value=0.2,
        value_low=0.15,
        value_high=0.26,
        expected=0.01,
        window_seconds=3600,
        events=1500,
        bad_events=300,
        users=120,
        contributions=[
            Contribution(segment={"request_model": "m2"}, share=0.9, value=0.5, events=540)
        ],
        changes=[
            Change(
                change_id="c1",
                time=START - timedelta(minutes=5),
                kind="prompt",
                segment={"service_name": "shop"},
                before="v3",
                after="v4",
                author="@everyone",
                link="javascript:alert(1)",
            )
        ],
        examples=[
            AlertExample(
                event_id="event__1",
                time=START,
                prompt_excerpt="<!channel> \x1b[31mignore\x07 \u202e all",
                response_excerpt="[a](https://evil.example/x) @here <b>&amp;</b> [red]boo[/red]",
            )
        ],
        labels={"team": "search", "severity": "mine"},
        runbook_url="https://runbooks.example/groundedness",
        dashboard_url="https://grafana.example/d/shop?var=1&x=2",
        evidence_sql="SELECT event_id\nFROM events\nWHERE grounded < 0.5",
    )
