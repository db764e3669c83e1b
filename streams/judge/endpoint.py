"""A judge behind an OpenAI-compatible HTTP interface (chat completions)."""

import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

import httpx
import msgspec
import structlog
from msgspec import Struct

from streams.http_client import HttpClient, body_of
from streams.judge.endpoint_url import check_url
from streams.judge.judge import Case, JudgeError, Verdict
from streams.judge.prompt import check_instructions, parse_score, user_message
from streams.notify.backoff import Backoff
from streams.outbound import Networks, RefusedAddress
from streams.receivers.http_post import parse_retry_after

log = structlog.get_logger(__name__)

_PASSING_STATUSES: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_ANSWER_BYTES: Final = 1024**2
_BACKOFF: Final = Backoff(first_seconds=1.0, longest_seconds=20.0, longest_asked_seconds=60.0)


class _Part(Struct):
    text: str = ""


class _Message(Struct):
    content: str | list[_Part] | None = None


class _Choice(Struct):
    message: _Message


class _Completion(Struct):
    choices: list[_Choice]


class _Problem(Struct):
    param: str | None = None
    code: str | int | None = None


class _Refusal(Struct):
    error: _Problem


_completion: Final = msgspec.json.Decoder(_Completion)
_refusal: Final = msgspec.json.Decoder(_Refusal)
_NAME: Final = re.compile(r"[A-Za-z0-9_.\[\]-]{1,64}")
_OWN: Final = frozenset({"model", "messages", "stream", "n"})


class EndpointJudge:
    """Asks ``POST {url}/chat/completions``. Threads share its connections.

    Parameters
    ----------
    url
        Base address, such as ``http://127.0.0.1:8000/v1``.
    model
        Name of the model.
    key
        Bearer token; empty sends none.
    instructions
        System message.
    parameters
        What else each request says.
    timeout_seconds
        Longest wait for one call.
    attempts
        Most calls for one case.
    characters
        How much of each text is sent.
    networks
        Where the endpoint may be.
    wait
        Sleeps for so many seconds; says whether to give up.

    Raises
    ------
    JudgeError
        When the address, the instructions or the parameters cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str = "",
        instructions: str,
        parameters: Mapping[str, Any],
        timeout_seconds: float,
        attempts: int,
        characters: int,
        networks: Networks,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        check_url(url)
        check_instructions(instructions)
        if own := sorted(_OWN & set(parameters)):
            raise JudgeError(f"judge.endpoint_parameters: {own[0]} is not to be set: leave it out")
        self.name = model
        self._url = url.rstrip("/")
        self._instructions = instructions
        self._parameters = dict(parameters)
        self._attempts = attempts
        self._characters = characters
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {key}"} if key else {}),
        }
        self._client = HttpClient(networks, timeout_seconds=timeout_seconds, trust_env=False)

    def judge(self, case: Case) -> Verdict:
        """Ask, and again with back-off while the failure may pass."""
        failure = ""
        random = Random(case.event_id)
        for call in range(1, self._attempts + 1):
            if self._closed.is_set():
                return Verdict(failure="stopped", calls=call - 1)
            verdict, wait_seconds = self._ask(case)
            failure = verdict.failure
            if wait_seconds is None:
                return msgspec.structs.replace(verdict, calls=call)
            if call < self._attempts:
                wait_seconds = max(wait_seconds, _BACKOFF.wait_seconds(call, random))
                if self._wait(min(wait_seconds, _BACKOFF.longest_asked_seconds)):
                    return Verdict(failure="stopped", calls=call)
        return Verdict(failure=failure, calls=self._attempts)

    def close(self) -> None:
        """What waits for its next attempt gives up, and nothing is asked any more."""
        self._closed.set()

    def _ask(self, case: Case) -> tuple[Verdict, float | None]:
        """One call: what it gave, and how long to wait at least where another may help."""
        body = {
            "model": self.name,
            **self._parameters,
            "messages": [
                {"role": "system", "content": self._instructions},
                {"role": "user", "content": user_message(case, self._characters)},
            ],
        }
        try:
            status, headers, answer = self._client.call(
                "POST",
                f"{self._url}/chat/completions",
                self._headers,
                _answer,
                body=msgspec.json.encode(body),
            )
        except httpx.TimeoutException:
            return Verdict(failure="timeout"), 0.0
        except RefusedAddress as refusal:
            log.warning("judge_address_refused", problem=str(refusal))
            return Verdict(failure="address_refused"), None
        except (httpx.HTTPError, OSError):
            return Verdict(failure="unreachable"), 0.0
        if status in _PASSING_STATUSES:
            asked = parse_retry_after(headers.get("retry-after", ""), datetime.now(UTC))
            return Verdict(failure=f"http_{status}"), asked or 0.0
        if status != 200:
            log.warning("judge_request_refused", status=status, **_problem(answer))
            return Verdict(failure=f"http_{status}"), None
        return _read(answer), None


async def _answer(response: httpx.Response) -> tuple[int, httpx.Headers, bytes]:
    return response.status_code, response.headers, await body_of(response, _ANSWER_BYTES)


def _problem(answer: bytes) -> dict[str, str]:
    """The parameter and the code that a refusal names; its message may hold texts."""
    try:
        error = _refusal.decode(answer).error
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    named = {"param": str(error.param), "code": str(error.code)}
    return {name: each for name, each in named.items() if _NAME.fullmatch(each)}


def _read(answer: bytes) -> Verdict:
    try:
        choices = _completion.decode(answer).choices
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Verdict(failure="no_completion")
    content = choices[0].message.content if choices else None
    if isinstance(content, list):
        content = "".join(part.text for part in content)
    score = None if content is None else parse_score(content)
    return Verdict(failure="unparsable") if score is None else Verdict(score=score)
