"""The compose file against the Compose specification, and against what it must promise."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from streams.embedded.kafka_jars import ENDPOINTS

ROOT = Path(__file__).parents[2]
SPECIFICATION = ROOT.parent / "shared" / "standards" / "compose" / "compose-spec.json"
OURS = ("migrate", "score", "watch", "sink", "notify")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_conforms_to_the_compose_specification(compose: dict[str, Any]) -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: the specification's schema is not shipped")
    jsonschema.validate(compose, json.loads(SPECIFICATION.read_text()))


def test_a_broken_file_does_not_conform(compose: dict[str, Any]) -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: the specification's schema is not shipped")
    broken = compose | {"services": {"kafka": {"image": 4}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json.loads(SPECIFICATION.read_text()))


def test_all_services_that_stay_have_health_checks(compose: dict[str, Any]) -> None:
    without = [n for n, s in compose["services"].items() if "healthcheck" not in s]
    assert without == ["migrate"]


def test_dependencies_and_volumes_exist(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), volume
            elif not source.startswith("$"):
                assert source in compose["volumes"], volume


def test_secrets_come_from_the_environment_and_have_no_default(compose: dict[str, Any]) -> None:
    found = 0
    for service in compose["services"].values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key and value:
                named = value.removeprefix("file:/run/secrets/")
                if named in compose["secrets"]:
                    assert named in service["secrets"]
                    assert compose["secrets"][named] == {"environment": named.upper()}
                else:
                    assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), key
                found += 1
    assert found >= 4


def test_the_process_that_follows_documents_holds_no_password(compose: dict[str, Any]) -> None:
    notify = compose["services"]["notify"]
    assert notify["secrets"] == []
    assert notify["environment"]["TIDEWATCH_CLICKHOUSE__PASSWORD"] == ""


def test_ports_are_published_on_loopback_only(compose: dict[str, Any]) -> None:
    ports = [p for s in compose["services"].values() for p in s.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_our_processes_run_confined(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_the_broker_is_the_one_that_tests_run(compose: dict[str, Any]) -> None:
    versions = [c.rpartition(":")[2] for c in ENDPOINTS if c.startswith("org.apache.kafka:")]
    assert [compose["services"]["kafka"]["image"]] == [f"apache/kafka:{v}" for v in versions[:1]]


def test_the_image_runs_without_root_and_installs_the_locked_packages() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    locked = (ROOT / "deploy" / "requirements.lock").read_text()
    assert "faust-streaming==" in locked
    assert "pytest==" not in locked
