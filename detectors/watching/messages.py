"""The message an alert's transition makes: what, since when, how bad, for whom, and why perhaps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import structs

from detectors.summaries import USERS, Cardinality
from detectors.watching.alert_states import Transition
from detectors.watching.contributions import SubSegments, contributions
from detectors.watching.evidence import dashboard_url, evidence_sql, is_judged
from detectors.watching.needs import DETAIL_SECONDS
from detectors.watching.past import Past
from detectors.watching.settings import WatchSettings
from detectors.watching.verdict import Evaluator, Measurement
from detectors.watching.view import WatchedSegment
from detectors.watching.wording import duration, whose
from schemas.alerts import USERS_SECONDS, Alert, AlertExample, Contribution, fingerprint
from schemas.changes import Change
from schemas.monitors.parse_condition import format_condition
from schemas.monitors.review import Review
from schemas.segments import Segment, compatible, parse_segment_key

_CHANGES_BEFORE = 2 * 3600
_MOST_CHANGES = 10


class Messages:
    """Writes the messages of one moment; reads all and changes nothing."""

    def __init__(
        self,
        past: Past,
        segments: Mapping[str, Segment],
        changes: Sequence[Change],
        settings: WatchSettings,
    ) -> None:
        self._past = past
        self._segments = segments
        self._parts = SubSegments(segments)
        self._changes = changes
        self._settings = settings

    def write(self, transition: Transition, evaluator: Evaluator, view: WatchedSegment) -> Alert:
        """The message of a transition at the moment of ``view``."""
        record, monitor = transition.record, evaluator.monitor
        resolved = transition.state == "resolved"
        measured = evaluator.measure(view, record.level, resolved=resolved)
        window = min(measured.window_seconds, USERS_SECONDS)
        users = view.summary(USERS, window) if window else None
        begin = measured.evidence_from
        begin = view.at - measured.window_seconds if begin is None else begin
        parts: list[Contribution] = []
        condition = "" if measured.evidence is None else format_condition(measured.evidence)
        judged = is_judged(measured.signal)
        if judged:
            # Said after the events, of which many are older than what was said.
            begin -= USERS_SECONDS
        if not resolved:
            parts = contributions(view.key, measured, self._parts, self._segments, self._past)
        return structs.replace(
            _identity(transition, view.at),
            summary=f"{whose(view.segment)}: {self._sentence(transition, measured, view.at)}",
            description=" ".join(filter(None, (monitor.description, measured.description))),
            value=measured.value,
            value_low=measured.low,
            value_high=measured.high,
            expected=measured.expected,
            unit=measured.unit,
            window_seconds=measured.window_seconds,
            events=measured.events,
            bad_events=measured.bad_events,
            users=round(users.estimate()) if isinstance(users, Cardinality) else None,
            contributions=parts,
            changes=nearby_changes(
                self._changes,
                view.segment,
                record.started_at,
                view.at,
                [part.segment for part in parts],
            ),
            examples=[] if resolved else self._examples(view.key, condition, measured),
            labels=monitor.labels,
            receivers=list(monitor.receivers),
            runbook_url=monitor.runbook_url,
            dashboard_url=dashboard_url(
                self._settings.dashboard_base_url, view.segment, begin - DETAIL_SECONDS, view.at
            ),
            # What was bad lies before: when all is well again, events show nothing.
            evidence_condition="" if judged or resolved else condition,
            evidence_sql=""
            if resolved
            else evidence_sql(view.segment, begin, view.at, measured.evidence, judged=judged),
        )

    def _sentence(self, transition: Transition, measured: Measurement, at: int) -> str:
        lasted = duration(at - transition.record.started_at)
        if transition.reason == "silence":
            silence = duration(self._settings.silence_resolves_seconds)
            return f"resolved without a sign of recovery, too little data for {silence}"
        if transition.state == "resolved":
            return f"{measured.summary}, after {lasted}"
        if transition.state == "pending":
            return f"{measured.summary}; pending until it lasts"
        return measured.summary

    def _examples(self, key: str, condition: str, measured: Measurement) -> list[AlertExample]:
        found = self._past.examples(key, condition, measured.window_seconds)
        return [
            AlertExample(
                event_id=example.event_id,
                time=datetime.fromtimestamp(example.time, UTC),
                prompt_excerpt=example.prompt_excerpt,
                response_excerpt=example.response_excerpt,
            )
            for example in found
        ]


def unwatched(transition: Transition, at: int) -> Alert:
    """The message of an alert whose monitor no longer watches its segment."""
    alert = _identity(transition, at)
    words = f"{whose(alert.segment)}: resolved, {alert.monitor} no longer watches it"
    return structs.replace(alert, summary=words)


def overdue(transition: Transition, review: Review) -> Alert:
    """The message that a document's day of review is over; the same wherever it is told."""
    alert = _identity(transition, transition.record.started_at)
    return structs.replace(
        alert,
        summary=f"{review.name} was to be looked at by {review.by}: it goes on as it is",
        description=f"{review.owner} answers for it: look at it, and set a new reviewBy.",
        labels={"owner": review.owner},
    )


def nearby_changes(
    changes: Sequence[Change],
    segment: Segment,
    started_at: int,
    at: int,
    suspects: Sequence[Segment] = (),
) -> list[Change]:
    """Changes of the last two hours before the alert and up to now, the likeliest cause first.

    A change counts when its segment and the alert's can have events in common. Those before the
    alert began come first; among them those that name a segment which contributes most
    (``suspects``, in order), then the nearest to the begin.
    """
    earliest = datetime.fromtimestamp(started_at - _CHANGES_BEFORE, UTC)
    latest = datetime.fromtimestamp(at, UTC)

    def rank(change: Change) -> tuple[bool, int, float, str]:
        time = change.time.timestamp()
        named = next(
            (
                place
                for place, suspect in enumerate(suspects)
                if change.segment
                and all(suspect.get(name) == value for name, value in change.segment.items())
                and any(name not in segment for name in change.segment)
            ),
            len(suspects),
        )
        return time > started_at, named, abs(time - started_at), change.change_id

    related = [
        change
        for change in changes
        if earliest <= change.time <= latest and compatible(segment, change.segment)
    ]
    return sorted(related, key=rank)[:_MOST_CHANGES]


def _identity(transition: Transition, at: int) -> Alert:
    """The part of a message that needs no measuring."""
    record = transition.record
    segment = parse_segment_key(record.segment)
    return Alert(
        fingerprint=fingerprint(record.monitor, segment),
        monitor=record.monitor,
        kind=record.kind,
        severity=record.severity,
        segment=segment,
        state=transition.state,
        started_at=_instant(record.started_at),
        changed_at=_instant(at),
        fired_at=None if record.fired_at is None else _instant(record.fired_at),
        resolved_at=_instant(at) if transition.state == "resolved" else None,
        summary="",
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
