"""The order of faults."""

from datetime import UTC, datetime
from itertools import pairwise

from schemas.alerts import Alert
from streams.demo.faults import DATA_SETS, EVERY_SECONDS, MADE_UP, SETTLE_SECONDS, stage
from streams.replay.applications import APPLICATIONS
from streams.replay.readers import DATA_SETS as KNOWN_SETS


def alert(monitor: str, service: str, fired: float) -> Alert:
    moment = datetime.fromtimestamp(1000 + fired, UTC)
    return Alert(
        fingerprint="0",
        monitor=monitor,
        kind="burn_rate",
        severity="page",
        segment={"service_name": service},
        state="firing",
        started_at=moment,
        changed_at=moment,
        fired_at=moment,
        summary="",
    )


def test_every_scene_comes_and_none_overlaps_the_settling_of_another() -> None:
    staged = stage(MADE_UP, 3 * len(MADE_UP) * EVERY_SECONDS)

    assert {fault.scene for fault in staged} == {scene for scene, _ in MADE_UP}
    for fault, following in pairwise(staged):
        assert fault.end + SETTLE_SECONDS <= following.start


def test_the_applications_exist() -> None:
    assert {service for _, service in MADE_UP} <= {a.name for a in APPLICATIONS}
    assert {service for _, service in DATA_SETS} <= {d.service_name for d in KNOWN_SETS}


def test_a_fault_explains_alerts_of_its_application_and_time() -> None:
    (fault,) = stage(MADE_UP, 20)
    service = fault.service

    assert fault.sought(alert("availability", service, fault.start + 3), 1000)
    assert not fault.sought(alert("latency", service, fault.start + 3), 1000)
    assert fault.explains(alert("latency", service, fault.start + 3), 1000)
    assert not fault.explains(alert("availability", "other", fault.start + 3), 1000)
    assert not fault.explains(alert("availability", service, fault.start - 1), 1000)
    assert not fault.explains(alert("availability", service, fault.end + 200), 1000)
    assert fault.explains(alert("availability", service, fault.end + 60), 1000)
    assert not fault.sought(alert("availability", service, fault.end + 60), 1000)
