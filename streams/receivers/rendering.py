"""An alert as text for people: a short title, and a body that explains.

Everything that stems from events or from other people's tools passes through
:mod:`streams.receivers.untrusted_text`, so the text can be put anywhere as plain text.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.alerts import USERS_SECONDS, Alert, AlertExample, Contribution
from schemas.changes import Change
from schemas.quantity_words import SHARE, percent, plain, quantity
from schemas.segments import segment_label
from streams.receivers.untrusted_text import neutral, neutral_exact, safe_link

TITLE_CHARACTERS = 200
_EXCERPT_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that an alert says: a name and its lines."""

    name: str
    lines: tuple[str, ...]


def render_title(alert: Alert) -> str:
    """State, severity and summary on one line of at most ``TITLE_CHARACTERS``."""
    return neutral(f"{alert.state.upper()} ({alert.severity}): {alert.summary}", TITLE_CHARACTERS)


def render_text(alert: Alert) -> str:
    """The whole alert as plain text, a section a paragraph."""
    return "\n".join(
        f"{section.name}: {section.lines[0]}"
        if len(section.lines) == 1
        else "\n".join([f"{section.name}:", *(f"  {line}" for line in section.lines)])
        for section in render_sections(alert)
    )


def render_sections(alert: Alert) -> list[Section]:
    """What the alert says, most important first; what is not known is left out."""
    sections = {
        "What": [neutral(alert.summary), neutral(alert.description, 2000)],
        "Where": [neutral(segment_label(alert.segment))],
        "When": [render_period(alert)],
        "Measured": [render_value(alert)],
        "Expected": [render_expected(alert)],
        "Extent": [render_extent(alert)],
        "Most of it": render_contributions(alert),
        "Changes": render_changes(alert),
        "Examples": render_examples(alert),
        "Runbook": [safe_link(alert.runbook_url)],
        "Dashboard": [safe_link(alert.dashboard_url)],
        "Evidence": neutral_exact(alert.evidence_sql).splitlines(),
        "Monitor": [f"{neutral(alert.monitor)}, alert {neutral(alert.fingerprint)}"],
    }
    return [
        Section(name, kept)
        for name, lines in sections.items()
        if (kept := tuple(line for line in lines if line))
    ]


def render_period(alert: Alert) -> str:
    """Since when it fires; from when to when it fired."""
    since = alert.fired_at or alert.started_at
    if alert.state != "resolved":
        return f"since {render_time(since)}"
    until = alert.resolved_at or alert.changed_at
    duration = render_duration((until - since).total_seconds())
    return f"{render_time(since)} to {render_time(until)} ({duration})"


def render_value(alert: Alert) -> str:
    """What was measured, with its interval and window; empty when nothing was."""
    if alert.value is None:
        return ""
    text = render_number(alert.value, alert.unit)
    if alert.value_low is not None and alert.value_high is not None:
        low, high = alert.value_low, alert.value_high
        words = percent if alert.unit == SHARE else plain
        text += f" (95 %: {words(low)} to {words(high)})"
    if alert.window_seconds:
        text += f" over {render_duration(alert.window_seconds)}"
    return text


def render_expected(alert: Alert) -> str:
    """What the value was held against; empty when nothing was."""
    return "" if alert.expected is None else render_number(alert.expected, alert.unit)


def render_extent(alert: Alert) -> str:
    """How many events, and how many users sent any, bad or not; empty when there was no event."""
    parts = []
    if alert.bad_events is not None:
        parts.append(f"{alert.bad_events:,} bad of {alert.events:,} events")
    elif alert.events:
        parts.append(f"{alert.events:,} events")
    if alert.users is not None and alert.window_seconds:
        span = render_duration(min(alert.window_seconds, USERS_SECONDS))
        parts.append(f"{alert.users:,} users in the last {span}")
    return ", ".join(parts)


def render_contributions(alert: Alert) -> list[str]:
    """A line for each sub-segment that contributes most.

    A part's value is told where it is a share of bad events: elsewhere it may be another quantity
    than what was measured.
    """

    def line(part: Contribution) -> str:
        events = f"{part.events:,} events"
        if alert.bad_events is not None and alert.kind != "drift":
            events = f"{percent(part.value)} of {events} bad"
        return f"{neutral(segment_label(part.segment))}: {percent(part.share)} of it ({events})"

    return [line(part) for part in alert.contributions]


def render_changes(alert: Alert) -> list[str]:
    """A line for each change that went live shortly before, or while it lasted."""

    def line(change: Change) -> str:
        before = ((alert.fired_at or alert.started_at) - change.time).total_seconds()
        side = "before" if before >= 0 else "after"
        words = [f"{render_time(change.time)}, {render_duration(abs(before))} {side}:"]
        words.append(change.kind)
        if change.before or change.after:
            words.append(f"{neutral(change.before) or '?'} → {neutral(change.after) or '?'}")
        words.append(f"({neutral(segment_label(change.segment))})")
        if change.author:
            words.append(f"by {neutral(change.author)}")
        if change.description:
            words.append(f"- {neutral(change.description)}")
        if link := safe_link(change.link):
            words.append(link)
        return " ".join(words)

    return [line(change) for change in alert.changes]


def render_examples(alert: Alert) -> list[str]:
    """A line for each example: id, time, redacted excerpts."""

    def line(example: AlertExample) -> str:
        text = f"{neutral_exact(example.event_id)} at {render_time(example.time)}"
        if example.prompt_excerpt:
            text += f" prompt: “{neutral(example.prompt_excerpt, _EXCERPT_CHARACTERS)}”"
        if example.response_excerpt:
            text += f" response: “{neutral(example.response_excerpt, _EXCERPT_CHARACTERS)}”"
        return text

    return [line(example) for example in alert.examples]


def render_number(value: float, unit: str) -> str:
    """A number with its UCUM unit, annotations as words; a minute and more as a length of time.

    >>> render_number(2.34567, "s"), render_number(754, "s"), render_number(123456, "{token}")
    ('2.35 s', '12 min 34 s', '123,456 tokens')
    """
    return render_duration(value) if unit == "s" and value >= 60 else quantity(value, neutral(unit))


def render_time(time: datetime) -> str:
    """A moment in UTC, to the second."""
    try:
        return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:  # in UTC it would be before the first year or after the last
        return time.isoformat()


def render_duration(seconds: float) -> str:
    """A length of time in its two largest units.

    >>> render_duration(45), render_duration(300), render_duration(5400), render_duration(200000)
    ('45 s', '5 min', '1 h 30 min', '2 d 7 h')
    """
    rest = max(0, round(seconds))
    parts = []
    for size, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"
