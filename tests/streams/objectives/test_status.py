"""Budgets from ClickHouse's windows and from files, held against plain arithmetic."""

import time
from pathlib import Path

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from detectors.summaries import FlagCounts
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    BurnRateMonitor,
    CompositeMonitor,
    CompositePart,
    Indicator,
    MissingData,
    Slices,
)
from schemas.windows import Window
from streams.objectives.source import ClickHouseFlags, FlagSource, FolderFlags
from streams.objectives.status import statuses
from streams.simulate.tables import TableFormat, TableWriter, window_rows
from tests.streams.windows_stored import store, window

HOUR = 3600
NOW = int(time.time()) // HOUR * HOUR
SHOP = {"service_name": "shop"}
UP = Indicator(name="up", good=Comparison("error", "=", False))
FAST = Indicator(name="fast", good=Comparison("latency", "<", 1.0))
SLO = BurnRateMonitor(
    name="up",
    segmentation=("service_name",),
    indicator=UP,
    target=0.99,
    window_seconds=7 * 24 * HOUR,
)


def week() -> list[Window]:
    """A week of hours with 5 of 1000 events bad, and 200 in the last; minutes of its last day."""
    windows = []
    for hour in range(7 * 24):
        start, last = NOW - (hour + 1) * HOUR, hour == 0
        bad = 200 if last else 5
        flags = {"sli.up": FlagCounts(1000, 1000 - bad), "sli.fast": FlagCounts(500, 500)}
        windows.append(window(start, SHOP, flags, HOUR, 1000))
        if hour < 27:
            for minute in range(60):
                share = (200 if last else 300) if minute < 10 else 0
                known = 100 if minute < 10 else 0
                wrong = 20 if last else 0
                if known and share:
                    flags = {
                        "sli.up": FlagCounts(known, known - (wrong or (5 if minute == 0 else 0))),
                        "sli.fast": FlagCounts(50, 50),
                    }
                    windows.append(window(start + 60 * minute, SHOP, flags, 60, known))
    windows.append(window(NOW - 60, SHOP, {}, 60, 1))
    return windows


@pytest.fixture(params=["clickhouse", "parquet", "jsonl"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> FlagSource:
    if request.param == "clickhouse":
        client: Client = request.getfixturevalue("database")
        store(client, week())
        return ClickHouseFlags(client)
    writer = TableWriter(tmp_path, "windows", TableFormat(request.param))
    flagless = [w for w in week() if w.signals]
    # The files tell the newest window by its signals.
    flagless.append(window(NOW - 60, SHOP, {"other": FlagCounts(1, 1)}, 60, 1))
    writer.write(window_rows(flagless))
    writer.close()
    return FolderFlags(tmp_path)


def test_a_week(source: FlagSource) -> None:
    (found,) = statuses([SLO], source, random=np.random.default_rng(1))
    assert found.segment == SHOP
    assert (found.counted, found.bad) == (168_000, 167 * 5 + 200)
    assert found.left == pytest.approx(1 - (167 * 5 + 200) / 1680)
    assert found.burn_rate_last_hour == pytest.approx(20)
    page = found.tiers[0]
    assert page.long_burn_rate == pytest.approx(20)
    # The last five minutes had no events: nothing burns there.
    assert (page.short_burn_rate, page.burns) == (None, False)
    assert found.tiers[1].long_burn_rate == pytest.approx((200 + 25) / 6000 / 0.01)
    assert found.forecast is not None
    assert not found.forecast.overspent


def beside_up(other: Indicator, missing: MissingData = "ignore") -> CompositeMonitor:
    """A budget that both have; three quarters of it are UP's."""
    return CompositeMonitor(
        name="both",
        segmentation=("service_name",),
        window_seconds=7 * 24 * HOUR,
        parts=(
            CompositePart(name="up", indicator=UP, target=0.99, weight=3),
            CompositePart(name="other", indicator=other, target=0.9),
        ),
        missing=missing,
    )


def test_slices_calendars_and_composites(source: FlagSource) -> None:
    hours = Slices(seconds=HOUR, target=0.9)
    day = CalendarWindow(count=1, unit="d", start="2022-01-01 00:00:00", time_zone="UTC")
    sliced = BurnRateMonitor(
        name="hours",
        segmentation=("service_name",),
        indicator=UP,
        target=0.9,
        window_seconds=7 * 24 * HOUR,
        slices=hours,
    )
    daily = BurnRateMonitor(
        name="daily",
        segmentation=("service_name",),
        indicator=UP,
        target=0.5,
        window_seconds=24 * HOUR,
        calendar=day,
    )
    both = beside_up(FAST)
    one, two, three = statuses([sliced, daily, both], source)
    assert (one.counted, one.bad) == (168, 1)
    assert one.left == pytest.approx(1 - 1 / 16.8)
    begin = NOW - (NOW - 1) // (24 * HOUR) * 24 * HOUR
    assert two.counted == 1000 * begin / HOUR
    assert three.left == pytest.approx(1 - 0.75 * (167 * 5 + 200) / 1680)
    assert three.burn_rate_last_hour == pytest.approx(15)
    assert (one.target, three.target) == (0.9, None)  # the parts' targets differ


@pytest.mark.parametrize(
    ("missing", "burns", "share", "more"),
    [("ignore", 20.0, 1.0, 0.0), ("good", 15.0, 0.75, 0.0), ("bad", 15 + 2.5, 0.75, 2.5)],
)
def test_a_part_of_a_composite_without_events_counts_as_the_monitor_says(
    source: FlagSource, missing: MissingData, burns: float, share: float, more: float
) -> None:
    """As in alerts: left out, or all good or all bad; in the budget and its forecast too."""
    absent = Indicator(name="absent", good=Comparison("latency", "<", 1.0))
    monitor = beside_up(absent, missing)
    (found,) = statuses([monitor], source, random=np.random.default_rng(1))
    assert found.burn_rate_last_hour == pytest.approx(burns)
    assert found.tiers[0].long_burn_rate == pytest.approx(burns)
    assert found.left == pytest.approx(1 - share * (167 * 5 + 200) / 1680 - more)
    assert found.forecast is not None
    assert found.forecast.overspent == (missing == "bad")


def test_a_period_begins_on_the_minute(source: FlagSource) -> None:
    """Also where its time zone is half an hour off, and the day is over a day old."""
    half = CalendarWindow(count=1, unit="w", start="2022-01-01 00:30:00", time_zone="UTC")
    begin, _ = half.period(NOW - 1)
    weekly = BurnRateMonitor(
        name="weekly",
        segmentation=("service_name",),
        indicator=UP,
        target=0.5,
        window_seconds=7 * 24 * HOUR,
        calendar=half,
    )
    (found,) = statuses([weekly], source)
    whole_hours = (NOW - int(begin)) // HOUR
    # All events of an hour come in its first ten minutes: none of the hour that is cut.
    assert found.counted == 1000 * whole_hours


def test_a_folder_without_windows_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="write them with `tidewatch simulate"):
        FolderFlags(tmp_path)


def test_nothing_stored_is_no_status(database: Client) -> None:
    assert statuses([SLO], ClickHouseFlags(database)) == []
