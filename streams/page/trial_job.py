"""Edited monitors over windows of the past: a job of the page."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from dashboards.page.work import Trial, TrialEpisode, TrialOutcome
from detectors.summaries import USERS
from detectors.watching.needs import EVENTS
from schemas.monitors.resolved import MonitorSet
from schemas.signals import Signal
from schemas.windows import Window
from streams.backtest.outcomes import Outcome
from streams.backtest.run import backtest, lead_seconds, wanted_signals
from streams.page.job_requests import TrialRequest
from streams.page.jobs import serve
from streams.page.monitors import check_documents
from streams.references.sources import RESOLUTION
from streams.references.windows import stored_windows
from streams.settings import ClickHouseSettings
from streams.store.errors import StoreError
from streams.store.setup import connect_by

MOST_EPISODES = 100


def try_monitors(request: TrialRequest) -> Trial:
    """What the document's monitors would have done, and with other settings.

    Windows before the stretch are read as far as monitors look back: what they fire over is full
    from its first minute on.

    Raises ``StoreError`` when ClickHouse cannot answer.
    """
    monitors = monitors_of_file(request.documents, request.file, request.signals)
    wanted = wanted_signals(monitors)
    client = connect_by(ClickHouseSettings(**request.clickhouse))
    seen: set[str] = set()
    starts: list[int] = []
    _, outcomes = backtest(
        _noted(
            stored_windows(
                client,
                resolution=RESOLUTION,
                begin=max(request.begin - lead_seconds(monitors), 0),
                end=request.end,
                signals=wanted,
            ),
            request.begin,
            seen,
            starts,
        ),
        monitors,
        [],
        resolution=RESOLUTION,
        units={signal.name: signal.unit for signal in request.signals},
        begin=request.begin,
    )
    return Trial(
        begin=datetime.fromtimestamp(request.begin, UTC),
        end=datetime.fromtimestamp(request.end, UTC),
        seconds=starts[-1] + RESOLUTION - starts[0] if starts else 0,
        monitors=tuple(monitor.name for monitor in monitors.monitors),
        outcomes=tuple(map(_told, outcomes)),
        uncounted=tuple(sorted({*wanted} - {EVENTS, USERS} - seen)) if starts else (),
    )


def monitors_of_file(documents: Mapping[str, str], file: str, signals: list[Signal]) -> MonitorSet:
    """The monitors that are there because of one of the documents."""
    every = check_documents(documents, signals).monitors
    rest = {name: text for name, text in documents.items() if name != file}
    others = check_documents(rest, signals).monitors.monitors
    return replace(every, monitors=tuple(m for m in every.monitors if m not in others))


def _noted(
    windows: Iterable[Window], begin: int, seen: set[str], starts: list[int]
) -> Iterator[Window]:
    """The windows; notes those from ``begin`` on."""
    for window in windows:
        if window.start >= begin:
            seen.update(window.signals)
            starts[1:] = [window.start]
        yield window


def _told(outcome: Outcome) -> TrialOutcome:
    # Nothing is known to have gone wrong: every alert counts.
    return TrialOutcome(
        monitor=outcome.monitor,
        setting=outcome.setting,
        alerts=outcome.alerts,
        alerts_a_month=outcome.false_alarms_a_month,
        decided=outcome.decided,
        episodes=tuple(
            TrialEpisode(
                segment=episode.segment,
                fired=episode.fired,
                resolved=episode.resolved,
                summary=episode.summary,
            )
            for episode in outcome.episodes[:MOST_EPISODES]
        ),
    )


if __name__ == "__main__":
    serve(
        TrialRequest,
        try_monitors,
        (StoreError,),
        "See whether ClickHouse runs (`tidewatch doctor`), then try again.",
    )
