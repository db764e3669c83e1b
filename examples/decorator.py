"""Watch a function that calls an OpenAI-compatible API, without ever getting in its way.

Put ``@watched(...)`` on the function; it must take ``messages`` and ``model`` by keyword and return
the API's answer, as a dictionary or as an object of the OpenAI client. Each call becomes an event;
a failed call becomes an event of status ``error``, and its exception goes on to the caller.
"""

import functools
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from confluent_kafka import Producer

log = logging.getLogger(__name__)


def watched(
    producer: Producer, *, service_name: str, topic: str = "inference", **fields: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a call of a model so that it emits an inference event.

    ``fields`` are further fields of every event, such as ``service_version="1.4.2"``.
    """

    def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def timed(*args: Any, **request: Any) -> Any:
            event: dict[str, Any] = {
                "event_id": str(uuid.uuid4()),
                "time": datetime.now(UTC).isoformat(),
                "service_name": service_name,
                **fields,
            }
            started = time.perf_counter()
            try:
                answer = call(*args, **request)
            except Exception as error:
                event["latency_seconds"] = time.perf_counter() - started
                event |= {"status": "error", "error_type": type(error).__name__}
                emit(producer, topic, event, request, None)
                raise
            event["latency_seconds"] = time.perf_counter() - started
            emit(producer, topic, event, request, answer)
            return answer

        return timed

    return decorate


def emit(
    producer: Producer,
    topic: str,
    event: dict[str, Any],
    request: Mapping[str, Any],
    answer: Any,
) -> None:
    """Send the event of a call. Whatever goes wrong here is logged and ends here."""
    try:
        event["request_model"] = request.get("model", "")
        # Content may also be a list of parts; here texts alone are sent.
        event["prompt"] = [
            {"role": m["role"], "content": m["content"]}
            for m in request.get("messages", ())
            if isinstance(m.get("content"), str)
        ]
        if answer is not None:
            event |= of_answer(answer if isinstance(answer, Mapping) else answer.model_dump())
        producer.produce(topic, json.dumps(event).encode(), key=event["event_id"])
        producer.poll(0)
    except Exception:
        # A full queue, an odd answer: monitoring may fail, the application must not.
        log.warning("inference event not sent", exc_info=True)


def of_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The event's fields that the API's answer holds."""
    usage = answer.get("usage") or {}
    choice = answer["choices"][0]
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    return {
        "response": choice["message"].get("content"),
        "finish_reason": choice.get("finish_reason") or "",
        "response_model": answer.get("model", ""),
        "usage_input_tokens": usage.get("prompt_tokens"),
        "usage_output_tokens": usage.get("completion_tokens"),
        "usage_cache_read_input_tokens": cached,
    }


def main() -> None:
    """Ask the API at ``OPENAI_BASE_URL`` one question, watched."""
    producer = Producer({"bootstrap.servers": os.environ.get("KAFKA", "127.0.0.1:9092")})

    @watched(
        producer,
        service_name="support-assistant",
        topic=os.environ.get("TOPIC", "inference"),
        service_version="1.4.2",
        prompt_name="answer-question",
    )
    def chat(*, messages: list[dict[str, str]], model: str) -> Any:
        key = os.environ.get("OPENAI_API_KEY")
        answer = httpx.post(
            os.environ["OPENAI_BASE_URL"] + "/chat/completions",
            json={"model": model, "messages": messages},
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()

    messages = [{"role": "user", "content": "How long may I return the Alder desk lamp?"}]
    try:
        answer = chat(messages=messages, model="aurora-4-mini")
        print(answer["choices"][0]["message"]["content"])
    finally:
        producer.flush(10)


if __name__ == "__main__":
    main()
