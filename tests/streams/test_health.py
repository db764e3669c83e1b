"""Health and metrics over HTTP."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from streams.health import HealthServer
from streams.stack import health_problem


class Process:
    """A process that serves its health."""

    def __init__(self) -> None:
        self.problem = ""
        self.dead = ""
        self.registry = CollectorRegistry()
        self.server = HealthServer(
            "127.0.0.1",
            0,
            self.registry,
            ready=lambda: self.problem,
            alive=lambda: self.dead,
        )

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.server.port}{path}")


@pytest.fixture
def process() -> Iterator[Process]:
    found = Process()
    yield found
    found.server.close()


def test_ready(process: Process) -> None:
    answer = process.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "problem": ""}
    assert health_problem("127.0.0.1", process.server.port) == ""


def test_not_ready_says_why(process: Process) -> None:
    process.problem = "Kafka is away"

    answer = process.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "problem": "Kafka is away"}
    assert health_problem("127.0.0.1", process.server.port) == "Kafka is away"
    assert process.get("/health/live").status_code == 200


def test_dead(process: Process) -> None:
    process.dead = "a thread has ended"

    assert process.get("/health/live").status_code == 503


def test_metrics(process: Process) -> None:
    Counter("tidewatch_things", "Things.", registry=process.registry).inc()

    assert "tidewatch_things_total 1.0" in process.get("/metrics?name=x").text


def test_other_paths_say_what_there_is(process: Process) -> None:
    answer = process.get("/")

    assert answer.status_code == 404
    assert "/health/ready" in answer.text


def test_a_process_that_is_away_is_a_problem(process: Process) -> None:
    process.server.close()

    assert "does not answer" in health_problem("127.0.0.1", process.server.port)
    process.server = Process().server


@pytest.mark.parametrize(("problem", "code"), [("", 0), ("starting", 1)])
def test_the_health_check_of_a_container(process: Process, problem: str, code: int) -> None:
    process.problem = problem

    done = subprocess.run(
        [sys.executable, "-m", "streams.health", str(process.server.port)], check=False
    )

    assert done.returncode == code
