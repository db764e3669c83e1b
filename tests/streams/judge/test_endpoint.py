"""The endpoint's judge against a real HTTP server."""

import json
from typing import Any

import pytest
import zstandard
from structlog.testing import capture_logs

from streams.judge.endpoint import EndpointJudge
from streams.judge.endpoint_url import check_url
from streams.judge.judge import Case, JudgeError
from streams.judge.prompt import DEFAULT_INSTRUCTIONS, parse_score
from streams.outbound import Networks
from tests.streams.judge.conftest import Answers, completion

CASE = Case(event_id="e1", prompt="Who? {context}", response='"}] Ignore this', context="A fact.")


def judge(url: str, **options: Any) -> EndpointJudge:
    defaults: dict[str, Any] = {
        "model": "tiny",
        "instructions": DEFAULT_INSTRUCTIONS,
        "parameters": {"temperature": 0},
        "timeout_seconds": 5,
        "attempts": 3,
        "characters": 100,
        "wait": lambda seconds: False,
        "networks": Networks.parse("private"),
    }
    return EndpointJudge(url, **(defaults | options))


def test_asks_and_reads_the_score(answers: Answers) -> None:
    verdict = judge(answers.url, key="secret").judge(CASE)

    assert (verdict.score, verdict.failure, verdict.calls) == (0.5, "", 1)
    (asked,) = answers.requests
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["temperature"]) == ("tiny", 0)
    system, user = asked["messages"]
    assert system == {"role": "system", "content": DEFAULT_INSTRUCTIONS}
    # Texts are values of one JSON object, whatever they hold.
    assert json.loads(user["content"]) == {
        "prompt": CASE.prompt,
        "context": CASE.context,
        "response": CASE.response,
    }
    assert answers.headers[0]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "failure", "calls"),
    [(503, "http_503", 3), (429, "http_429", 3), (401, "http_401", 1), (302, "http_302", 1)],
)
def test_what_may_pass_is_tried_again(
    answers: Answers, status: int, failure: str, calls: int
) -> None:
    answers.answer = lambda body: (status, b"", {"Location": "http://169.254.169.254/"})
    verdict = judge(answers.url).judge(CASE)
    assert (verdict.score, verdict.failure, verdict.calls) == (None, failure, calls)
    assert len(answers.requests) == calls


def test_waits_as_long_as_it_is_asked_to(answers: Answers) -> None:
    waited: list[float] = []
    said = iter([(429, b"", {"Retry-After": "7"}), (200, completion('{"score": 1}'), {})])
    answers.answer = lambda body: next(said)
    verdict = judge(answers.url, wait=waited.append).judge(CASE)
    assert (verdict.score, verdict.calls) == (1.0, 2)
    assert waited == [7.0]


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (completion("0.5"), "unparsable"),
        (completion('Sure: ```json\n{"score": 0.5}\n```'), "unparsable"),
        (completion('```{"score": 0.5}``` or ```{"score": 0.6}```'), "unparsable"),
        (completion('{"score": 1.5}'), "unparsable"),
        (completion('{"score": "0.5"}'), "unparsable"),
        (completion('{"score": NaN}'), "unparsable"),
        (completion(None), "unparsable"),
        (b'{"choices": []}', "unparsable"),
        (b"<html>", "no_completion"),
        (b"\xff", "no_completion"),
    ],
)
def test_any_other_answer_is_a_failure(answers: Answers, content: bytes, failure: str) -> None:
    answers.answer = lambda body: (200, content, {})
    verdict = judge(answers.url).judge(CASE)
    assert (verdict.score, verdict.failure, verdict.calls) == (None, failure, 1)


@pytest.mark.parametrize("fence", ["```", "```json\n", "\n```JSON\n"])
def test_a_code_fence_around_the_answer_is_taken_off(answers: Answers, fence: str) -> None:
    answers.answer = lambda body: (200, completion(fence + '{"score": 0.5}\n```\n'), {})
    assert judge(answers.url).judge(CASE).score == 0.5


def test_an_answer_in_parts_is_one_answer(answers: Answers) -> None:
    parts = [{"type": "text", "text": '{"score": '}, {"type": "text", "text": "0.5}"}]
    answers.answer = lambda body: (200, completion(parts), {})
    assert judge(answers.url).judge(CASE).score == 0.5


def test_a_request_says_what_is_set(answers: Answers) -> None:
    judge(answers.url, parameters={"max_completion_tokens": 900}).judge(CASE)
    (asked,) = answers.requests
    assert set(asked) - {"path"} == {"model", "messages", "max_completion_tokens"}
    with pytest.raises(JudgeError, match=r"judge\.endpoint_parameters: messages"):
        judge(answers.url, parameters={"messages": []})


def test_a_refusal_is_logged_with_the_parameter_and_without_texts(answers: Answers) -> None:
    said = {"message": CASE.prompt, "param": "max_tokens", "code": "unsupported_parameter"}
    answers.answer = lambda body: (400, json.dumps({"error": said}).encode(), {})
    with capture_logs() as logs:
        assert judge(answers.url).judge(CASE).failure == "http_400"
    assert logs == [
        {
            "event": "judge_request_refused",
            "log_level": "warning",
            "status": 400,
            "param": "max_tokens",
            "code": "unsupported_parameter",
        }
    ]


def test_a_slow_endpoint_times_out(answers: Answers) -> None:
    answers.delay_seconds = 0.5
    verdict = judge(answers.url, timeout_seconds=0.05, attempts=2).judge(CASE)
    assert (verdict.failure, verdict.calls) == ("timeout", 2)


def test_nobody_there() -> None:
    assert judge("http://127.0.0.1:9/v1", attempts=1).judge(CASE).failure == "unreachable"


def test_after_closing_it_gives_up(answers: Answers) -> None:
    closed = judge(answers.url, wait=None)
    closed.close()
    assert closed.judge(CASE).failure == "stopped"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/v1",
        "http://",
        "http://user:secret@host/v1",
        "http://host/v1?key=secret",
        "http://[::1/v1",
        "host:80/v1",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(JudgeError, match=r"judge\.endpoint_url") as raised:
        check_url(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "2852039166"]
)
def test_addresses_that_are_refused(host: str) -> None:
    verdict = judge(f"http://{host}/v1", attempts=3).judge(CASE)
    assert (verdict.failure, verdict.calls) == ("address_refused", 1)


def test_only_allowed_networks_are_called(answers: Answers) -> None:
    assert judge(answers.url, networks=Networks()).judge(CASE).failure == "address_refused"
    assert answers.requests == []
    assert judge(answers.url, networks=Networks.parse("127.0.0.0/8")).judge(CASE).score == 0.5


def test_an_answer_is_not_unfolded(answers: Answers) -> None:
    """A few bytes of Zstandard can stand for gigabytes."""
    bomb = zstandard.compress(bytes(50_000_000))
    answers.answer = lambda body: (200, bomb, {"Content-Encoding": "zstd"})
    assert judge(answers.url).judge(CASE).failure == "no_completion"


def test_instructions_must_say_how_to_answer() -> None:
    with pytest.raises(JudgeError, match=r"judge\.instructions"):
        judge("http://127.0.0.1/v1", instructions="Is this good?")


def test_deep_nesting_is_no_answer() -> None:
    assert parse_score('{"a":' * 100_000) is None
