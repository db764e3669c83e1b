"""What a demonstration showed, held against what was sent and which faults were staged."""

from collections.abc import Sequence

from msgspec import Struct, structs

from streams.demo.faults import SETTLE_SECONDS, Staged
from streams.demo.feed import Told
from streams.demo.figures import Counts
from streams.replay.send import Totals


class FaultOutcome(Struct, frozen=True, kw_only=True):
    """A staged fault and the alert that saw it.

    ``begins_after`` counts seconds from the first event, ``detected_after`` from the fault's begin
    until the alert was on Kafka, ``resolved_after`` from its end. ``due``: there was time for both.
    """

    kind: str
    service: str
    begins_after: float
    due: bool
    monitor: str = ""
    alert: str = ""
    detected_after: float | None = None
    resolved_after: float | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """The figures; ``problems`` says what did not hold, nothing when all did.

    ``lost`` and ``doubled`` are of rows in ClickHouse, ``miscounted`` of events in windows.
    """

    seconds: float
    ready_after: float | None
    first_figures_after: float | None
    sent: int
    copies: int
    bad: int
    scored: int
    lost: int
    doubled: int
    miscounted: int
    dead_letters: dict[str, int]
    scored_within: float | None
    window_delay: float | None
    alerts_fired: int
    alerts_resolved: int
    faults: list[FaultOutcome]
    unexplained: list[str]
    problems: list[str]


def summarise(
    *,
    totals: Totals,
    counts: Counts,
    told: Sequence[Told],
    staged: Sequence[Staged],
    ready_after: float | None,
    first_figures_after: float | None,
    window_delay: float | None,
    error: str = "",
) -> Summary:
    """Compare. ``staged`` may hold faults that the traffic never reached."""
    began = totals.first_event_time or 0.0
    lasted = (totals.last_event_time or began) - began
    told = while_sending(told, totals)
    outcomes = [_outcome(fault, told, began, lasted) for fault in staged if fault.start < lasted]
    unexplained = [
        t.alert.summary
        for t in told
        if t.alert.state == "firing" and not any(f.explains(t.alert, began) for f in staged)
    ]
    lost = max(0, totals.events - counts.events)
    doubled = counts.rows - counts.events
    miscounted = abs(totals.events - counts.in_windows)
    refused = sum(counts.dead_letters.values())
    checks = {
        error: bool(error),
        f"{sum(totals.lost.values())} messages did not reach Kafka": bool(totals.lost),
        "nothing was sent": totals.events == 0,
        f"{lost} events were lost": lost > 0,
        f"{counts.events - totals.events} events nobody sent": counts.events > totals.events,
        f"{doubled} rows are doubled": doubled > 0,
        f"windows are {miscounted} events off": miscounted > 0,
        f"{totals.bad} bad messages, but {refused} dead letters": refused != totals.bad,
        **{
            f"{o.kind} on {o.service} was not detected": o.due and o.detected_after is None
            for o in outcomes
        },
        **{
            f"the alert about {o.kind} on {o.service} did not resolve": o.due
            and o.detected_after is not None
            and o.resolved_after is None
            for o in outcomes
        },
        **{f"an alert without a fault: {text}": True for text in unexplained},
    }
    return Summary(
        seconds=lasted,
        ready_after=ready_after,
        first_figures_after=first_figures_after,
        sent=totals.events,
        copies=totals.copies,
        bad=totals.bad,
        scored=counts.events,
        lost=lost,
        doubled=doubled,
        miscounted=miscounted,
        dead_letters=counts.dead_letters,
        scored_within=counts.delay,
        window_delay=window_delay,
        alerts_fired=sum(t.alert.state == "firing" for t in told),
        alerts_resolved=sum(
            t.alert.state == "resolved" and t.alert.fired_at is not None for t in told
        ),
        faults=outcomes,
        unexplained=unexplained,
        problems=[problem for problem, there in checks.items() if there],
    )


def while_sending(told: Sequence[Told], totals: Totals) -> list[Told]:
    """Without the alerts that came after the last event.

    When the traffic ends everything falls silent, and the monitor of silence rightly says so.
    """
    last = totals.last_event_time or 0.0
    return [t for t in told if (t.alert.fired_at or t.alert.changed_at).timestamp() <= last]


def _outcome(fault: Staged, told: Sequence[Told], began: float, lasted: float) -> FaultOutcome:
    """The first alert that the fault had to raise, and when that one resolved."""
    outcome = FaultOutcome(
        kind=fault.scene.kind,
        service=fault.service,
        begins_after=fault.start,
        due=fault.end + SETTLE_SECONDS <= lasted,
    )
    fired = next(
        (t for t in told if t.alert.state == "firing" and fault.sought(t.alert, began)), None
    )
    if fired is None:
        return outcome
    episode = fired.alert.fingerprint, fired.alert.started_at
    resolved = next(
        (
            t.at - began - fault.end
            for t in told
            if t.alert.state == "resolved" and (t.alert.fingerprint, t.alert.started_at) == episode
        ),
        None,
    )
    return structs.replace(
        outcome,
        monitor=fired.alert.monitor,
        alert=fired.alert.summary,
        detected_after=fired.at - began - fault.start,
        resolved_after=resolved,
    )
