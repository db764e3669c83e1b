"""The examples, run as their readers run them."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from schemas.events import InferenceEvent
from schemas.feedback import Feedback
from schemas.topics import FEEDBACK, INFERENCE
from schemas.wire import native
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import ensure_topics
from streams.settings import KafkaSettings

from .test_kafka_target import read_all

EXAMPLES = Path(__file__).parents[3] / "examples"


class Api(BaseHTTPRequestHandler):
    """An OpenAI-compatible API that answers one model and refuses all others."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200 if self.server.healthy else 503)  # type: ignore[attr-defined]
        self.end_headers()
        message = {"role": "assistant", "content": f"You said {request['messages'][0]['content']}"}
        answer = {
            "model": request["model"] + "-snapshot",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 21, "completion_tokens": 9},
        }
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        server.healthy = True  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def settings(kafka: EmbeddedKafka, request: pytest.FixtureRequest) -> KafkaSettings:
    """Topics of this test's own."""
    made = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"{request.node.name}-"
    )
    ensure_topics(made, [INFERENCE, FEEDBACK])
    return made


def run(
    name: str, settings: KafkaSettings, topic: str, *args: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *args],
        env={
            "KAFKA": settings.bootstrap_servers,
            "TOPIC": settings.topic_prefix + topic,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def events_on(settings: KafkaSettings) -> list[InferenceEvent]:
    return [native.decode_event(value) for _, _, value in read_all(settings, INFERENCE)]


def test_send_event_and_feedback(settings: KafkaSettings) -> None:
    done = run("send_event.py", settings, "inference")
    assert done.returncode == 0, done.stderr
    (event,) = events_on(settings)
    assert event.event_id == done.stdout.strip()
    assert event.service_name == "support-assistant"
    for thumb, value in (("up", 1.0), ("down", 0.0)):
        done = run("send_feedback.py", settings, "feedback", event.event_id, thumb)
        assert done.returncode == 0, done.stderr
        said = msgspec.json.decode(read_all(settings, FEEDBACK)[-1][2], type=Feedback)
        assert (said.event_id, said.value) == (event.event_id, value)
    assert run("send_feedback.py", settings, "feedback", "x").returncode == 1


def test_decorator_watches_a_call(settings: KafkaSettings, api: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{api.server_port}"
    done = run("decorator.py", settings, "inference", OPENAI_BASE_URL=url)
    assert done.returncode == 0, done.stderr
    (event,) = events_on(settings)
    assert event.response == done.stdout.strip()
    assert event.response_model == "aurora-4-mini-snapshot"
    assert (event.usage_input_tokens, event.usage_output_tokens) == (21, 9)
    assert event.latency_seconds is not None
    assert event.latency_seconds > 0
    assert (event.status, event.service_version) == ("ok", "1.4.2")


def test_decorator_lets_errors_through_and_tells(
    settings: KafkaSettings, api: ThreadingHTTPServer
) -> None:
    api.healthy = False  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{api.server_port}"
    done = run("decorator.py", settings, "inference", OPENAI_BASE_URL=url)
    assert done.returncode == 1
    assert "HTTPStatusError" in done.stderr
    (event,) = events_on(settings)
    assert (event.status, event.error_type) == ("error", "HTTPStatusError")
    assert event.response is None


def test_decorator_never_breaks_the_call(settings: KafkaSettings, api: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{api.server_port}"
    done = run("decorator.py", settings, "inference", OPENAI_BASE_URL=url, TOPIC="no such topic!")
    assert "You said" in done.stdout


def test_example_events() -> None:
    lines = (EXAMPLES / "events.jsonl").read_bytes().splitlines()
    events = [native.decode_event(line) for line in lines]
    assert len({event.event_id for event in events}) == 20
    assert {event.service_name for event in events} == {
        "support-assistant",
        "shop-search",
        "code-helper",
        "travel-planner",
    }
    assert {event.status for event in events} == {"ok", "error"}
