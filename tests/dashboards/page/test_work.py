"""What takes seconds: monitors tried over the past, and reports, in processes of their own."""

from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from dashboards.page.views.reports import report_of
from dashboards.page.work import Trial, WorkProblem
from schemas.segments import segment_key
from schemas.signals import Signal
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.page.job_requests import TrialRequest
from streams.page.jobs import Jobs, addressed
from streams.page.trial_job import try_monitors
from streams.settings import ClickHouseSettings
from tests.dashboards.documents import DOCUMENTS, SERVICE, SLO, THRESHOLD
from tests.dashboards.filled import Filled
from tests.dashboards.site import filled_database

NEW_SLI = (
    SLO.replace("name: availability", "name: quick")
    .replace("name: answered", "name: quick-answers")
    .replace("query: availability", 'query: "latency < 3s"')
)


@pytest.fixture
def request_of(clickhouse: EmbeddedClickHouse, analyst: Client, filled: Filled) -> Any:
    """Makes a request to try documents over the traffic."""
    rows = analyst.query("SELECT name, kind, unit, better, source, description FROM signals")
    signals = msgspec.convert(list(rows.named_results()), list[Signal])
    settings = ClickHouseSettings(url=clickhouse.url, database=filled_database(clickhouse.url)[0])

    def make(documents: dict[str, str], file: str, **changes: Any) -> TrialRequest:
        request = TrialRequest(
            clickhouse=addressed(settings),
            documents=documents,
            file=file,
            signals=signals,
            begin=int(filled.start.timestamp()) // 60 * 60,
            end=int(filled.end.timestamp()) + 60,
        )
        return msgspec.structs.replace(request, **changes)

    return make


def test_monitors_tried_over_the_past_fire_where_they_fired(request_of: Any) -> None:
    trial = try_monitors(request_of({"a.yaml": DOCUMENTS}, "a.yaml"))
    assert trial.seconds >= 19 * 60
    assert trial.uncounted == ()
    fired = {
        (outcome.monitor, segment_key(episode.segment))
        for outcome in trial.outcomes
        if outcome.setting == "as it is"
        for episode in outcome.episodes
    }
    # Judged once a minute, so what hovers about a bound may fire here or there alone.
    support = segment_key({"service_name": "support-assistant"})
    assert {("availability", support), ("latency-p95", support)} <= fired
    assert {o.setting for o in trial.outcomes} > {"as it is"}


def test_windows_are_full_from_the_first_minute_of_the_stretch_on(request_of: Any) -> None:
    support = {"service_name": "support-assistant"}

    def fired(**changes: Any) -> datetime:
        trial = try_monitors(request_of({"a.yaml": DOCUMENTS}, "a.yaml", **changes))
        return next(
            episode.fired
            for outcome in trial.outcomes
            if (outcome.monitor, outcome.setting) == ("latency-p95", "as it is")
            for episode in outcome.episodes
            if episode.segment == support
        )

    # Tried from the minute on in which it fired, it fired when it did.
    whole = fired()
    assert fired(begin=int(whole.timestamp()) // 60 * 60) == whole


def test_only_the_edited_document_is_tried(request_of: Any) -> None:
    documents = {"a.yaml": SERVICE + "---" + SLO, "b.yaml": THRESHOLD}
    trial = try_monitors(request_of(documents, "b.yaml"))
    assert trial.monitors == ("latency-p95",)


def test_what_nobody_counted_is_named(request_of: Any) -> None:
    trial = try_monitors(request_of({"a.yaml": NEW_SLI, "b.yaml": SERVICE}, "a.yaml"))
    assert trial.uncounted == ("sli.quick-answers",)


def test_a_stretch_without_windows_says_so(request_of: Any) -> None:
    trial = try_monitors(request_of({"a.yaml": DOCUMENTS}, "a.yaml", begin=0, end=3600))
    assert trial.seconds == 0
    assert {o.alerts for o in trial.outcomes} == {0}


async def test_a_job_that_cannot_be_done_says_why() -> None:
    away = TrialRequest(
        clickhouse=addressed(ClickHouseSettings(url="http://127.0.0.1:9")),
        documents={},
        file="",
        signals=[],
        begin=0,
        end=3600,
    )
    with pytest.raises(WorkProblem, match=r"ClickHouse|127\.0\.0\.1") as told:
        await Jobs().run("streams.page.trial_job", away, Trial)
    assert "tidewatch doctor" in told.value.remedy
    with pytest.raises(WorkProblem, match="took longer than 0 s"):
        await Jobs(seconds=0.01).run("streams.page.trial_job", away, Trial)
    with pytest.raises(WorkProblem, match="could not be done"):
        await Jobs().run("streams.page.no_such_job", away, Trial)


def test_a_report_is_of_the_alert_and_the_time_before() -> None:
    def at(clock: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-01T{clock}").replace(tzinfo=UTC)

    story = {
        "kind": "burn_rate",
        "segment": {"service_name": "shop"},
        "started_at": at("12:00"),
        "resolved_at": at("12:20"),
        "window_seconds": 300,
    }
    wanted = report_of(story, at("18:00"))
    assert wanted is not None
    assert (wanted.reference_begin, wanted.begin, wanted.end) == (
        at("10:55"),
        at("11:55"),
        at("12:20"),
    )
    assert report_of({**story, "kind": "no_data"}, at("18:00")) is None


def test_a_report_that_is_not_there_is_asked_for(site: str, filled: Filled) -> None:
    fingerprint = filled.alerts[0].fingerprint
    answer = httpx.get(f"{site}/alerts/{fingerprint}/reports/none/", timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/alerts/{fingerprint}/report",
    )
    assert httpx.get(f"{site}/alerts/none/report", timeout=30).status_code == 404
