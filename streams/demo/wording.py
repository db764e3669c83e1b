"""Words and numbers of the demonstration."""

from collections.abc import Iterator

from streams.demo.summary import FaultOutcome, Summary


def seconds(value: float | None) -> str:
    """A length of time for people.

    >>> seconds(0.734), seconds(None)
    ('0.7 s', '-')
    """
    return "-" if value is None else f"{value:.1f} s"


def report(summary: Summary) -> Iterator[tuple[str, str]]:
    """The summary, as pairs of what and how much."""
    yield "traffic", f"{summary.sent:,} events in {summary.seconds:.0f} s"
    yield "beside it", f"{summary.copies:,} copies of events, {summary.bad:,} bad messages"
    yield (
        "in ClickHouse",
        f"{summary.scored:,} events, {summary.lost} lost, {summary.doubled} doubled; windows "
        f"{summary.miscounted} off",
    )
    refused = ", ".join(f"{count} {reason}" for reason, count in summary.dead_letters.items())
    yield "dead letters", refused or "none"
    yield "scored within", f"{seconds(summary.scored_within)} of the event (p95, the last 30 s)"
    yield "windows", f"published {seconds(summary.window_delay)} after their end (median)"
    yield "alerts", f"{summary.alerts_fired} fired, {summary.alerts_resolved} resolved"
    for outcome in summary.faults:
        yield f"{outcome.kind}", f"on {outcome.service}: {_fate(outcome)}"
    if summary.ready_after is not None:
        yield (
            "start",
            (
                f"processes ready after {seconds(summary.ready_after)}, first figures after "
                f"{seconds(summary.first_figures_after)}"
            ),
        )


def _fate(outcome: FaultOutcome) -> str:
    if outcome.detected_after is None:
        return "not detected" if outcome.due else "not detected; it came too late for that"
    told = f"detected after {outcome.detected_after:.1f} s by {outcome.monitor}"
    if outcome.resolved_after is None:
        return f"{told}; still firing"
    return f"{told}, resolved {outcome.resolved_after:.1f} s after its end"
