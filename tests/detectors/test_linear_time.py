"""Work grows no faster than the text: no input stops a worker.

Time is taken to grow with a power of the text's size: 1 is linear, 2 quadratic, and at most
:data:`EXPONENT` is let pass. Times are of the process, the least of several runs; what looks too
much is measured again, longer, before it counts.
"""

import importlib
import math
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import detectors
from detectors.batch import EventBatch
from detectors.discovery import discover_detectors, score_batch
from detectors.redaction import redact
from schemas.events import GuardrailOutcome, InferenceEvent, Message, ToolCall

DETECTORS = discover_detectors()
EXPONENT = 1.6
NOISE_SECONDS = 0.002
ATTEMPTS = 4


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The least processor time of ``repeats`` runs."""
    taken = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def growth(work: Callable[[int], object], size: int, times: int = 4) -> float:
    """The power of the size that the time grows with, from ``size`` and ``times`` as much."""
    small, large = NOISE_SECONDS, float("inf")
    for attempt in range(ATTEMPTS):
        large = min(large, seconds(lambda: work(times * size), 1 + attempt))
        if large > times**EXPONENT * NOISE_SECONDS:  # else it is not too much whatever small is
            least = seconds(lambda: work(size), 3 + attempt)
            small = max(NOISE_SECONDS, least if attempt == 0 else min(small, least))
        if large < times**EXPONENT * small:
            break
    return math.log(large / small) / math.log(times)


def event(**fields: Any) -> InferenceEvent:
    instant = datetime(2025, 1, 1, tzinfo=UTC)
    return InferenceEvent(event_id="e", time=instant, service_name="shop", **fields)


def score(*events: InferenceEvent) -> None:
    failures: list[Any] = []
    score_batch(EventBatch(events), DETECTORS, failures.append)
    assert failures == []


def everywhere(text: str) -> InferenceEvent:
    return event(
        prompt=text,
        system_prompt=text,
        response=text,
        contexts=[text],
        tools=[ToolCall(name="t", result=text)],
        reference_answer=text,
    )


UNITS = [
    "a", "0", " ", "\n", "-", "_", ".", "'", '"', "(", "[", "{", "<", "\\", "/", "@", "+", "%", "#",
    "é", "İ", "字", "😀", "\u0301", "\u200d", "\0",
    "a ", "ab ", "a.", "a. ", "A. ", "a@", "a@a.", "a.a@", "1 ", "1-", "+1 (", "0 0", "://a",
    "http://", "```\n", "- x\n", "| a ", "{\"a\":", "<a ", "</", "=", "ab=", "eyJ", "AKIA", "0x",
    "\u202eא ", "👩\u200d👩\u200d👧", ("a" * 64) + " ",
    "I cannot ", "ignore previous ", "not ", "the the ", "no, ", "but ", "you are ",
    "8:2 ", "25\" ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_one_thing_again_and_again(unit: str) -> None:
    assert growth(lambda size: score(everywhere(unit * (size // len(unit)))), 5_000) < EXPONENT


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_one_thing_in_many_events(unit: str) -> None:
    """No search for what a text lacks goes on into those before or behind it."""
    text = unit * (40 // len(unit))
    one = event(prompt=text, response=text)
    assert growth(lambda size: score(*[one] * size), 2_000) < EXPONENT


def test_words_that_are_all_different() -> None:
    def work(size: int) -> None:
        score(everywhere(" ".join(f"w{number}" for number in range(size // 7))))

    assert growth(work, 14_000) < EXPONENT


def test_a_response_of_its_context_backwards() -> None:
    def work(size: int) -> None:
        words = [f"word{number % 97}x{number}" for number in range(size)]
        score(event(response=" ".join(reversed(words)), contexts=[" ".join(words)], prompt="Why?"))

    assert growth(work, 2_000) < EXPONENT


@pytest.mark.parametrize(
    "many",
    [
        lambda size: [event(prompt="What is it?", response=f"It is {i}.") for i in range(size)],
        lambda size: [event(response="It is so. " * 20, contexts=["so it is"] * size)],
        lambda size: [event(response="So.", contexts=["it is, " * 4] * size) for _ in range(2)],
        lambda size: [event(prompt=[Message(role="user", content="Why so?")] * size)],
        lambda size: [event(tools=[ToolCall(name="t", result="It is so.")] * size)],
        lambda size: [event(response="It is so. " * 20, sampled_responses=["It is."] * size)],
        lambda size: [
            event(guardrails=[GuardrailOutcome(name="g", stage="after", outcome="passed")] * size)
        ],
        lambda size: [event(labels={f"l{i}": "x" for i in range(size)})],
    ],
    ids=["events", "contexts", "two", "turns", "tools", "samples", "guardrails", "labels"],
)
def test_many_parts(many: Callable[[int], list[InferenceEvent]]) -> None:
    assert growth(lambda size: score(*many(size)), 400) < EXPONENT


def test_sentences_of_a_response_against_many_contexts() -> None:
    """Their product may be looked at, the longer of them only once: see the detectors' limits."""

    def work(size: int) -> None:
        response = " ".join(f"The number {i} is so." for i in range(size))
        score(event(prompt="Why?", response=response, contexts=["The number 3 is so."] * 8))

    assert growth(work, 1_000) < EXPONENT


PERSONAL = [
    "John Smith ", "Mr Jones, ", "Anna, Peter and ", "12 Main Street, ", "a@example.org ",
    "4111 1111 1111 1111 ", "+49 30 1234567 ", "born 1.2.1990 ", "password: x1y2z3 ",
]  # fmt: skip


@pytest.mark.parametrize("unit", ["a", "0", "0 ", "a@", "a.", "+1", "@a.", "-", *PERSONAL])
def test_redaction(unit: str) -> None:
    import polars as pl

    def work(size: int) -> None:
        redact(pl.Series([unit * (size // len(unit))]))

    assert growth(work, 8_000) < EXPONENT


# Python's own regular expressions go back on their steps: each is fed with repetitions of what it
# itself consists of, followed by something that it does not take.


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled regular expression that a module of ``detectors`` holds."""
    for module in pkgutil.walk_packages(detectors.__path__, "detectors."):
        importlib.import_module(module.name)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("detectors"):
            for variable, value in vars(module).items():
                values = value if isinstance(value, tuple | list) else (value,)
                for one in values:
                    if isinstance(one, re.Pattern):
                        yield f"{name}.{variable}", one


def pumps(pattern: re.Pattern[str]) -> list[str]:
    """Characters of the pattern, alone and in pairs."""
    characters = sorted(set(_characters(regex_parser.parse(pattern.pattern, pattern.flags))))
    single = characters[:12]
    return single + [a + b for a in single[:5] for b in single[:5] if a != b]


def _characters(parsed: Any) -> Iterator[str]:
    for operation, argument in parsed:
        match str(operation):
            case "LITERAL":
                yield chr(argument)
            case "NOT_LITERAL" | "ANY":
                yield "~"
            case "IN":
                for kind, value in argument:
                    if str(kind) == "LITERAL":
                        yield chr(value)
                    elif str(kind) == "RANGE":
                        yield chr(value[0])
                    elif str(kind) == "CATEGORY":
                        yield {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "0"}.get(str(value), "a")
            case _:
                yield from _nested(argument)


def _nested(argument: Any) -> Iterator[str]:
    if isinstance(argument, regex_parser.SubPattern):
        yield from _characters(argument)
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _nested(part)


def searches(pattern: re.Pattern[str], size: int, pump: str) -> None:
    for _ in pattern.finditer(pump * (size // len(pump)) + "\0!"):
        pass


def assert_linear(pattern: re.Pattern[str]) -> None:
    for pump in pumps(pattern):
        searches(pattern, 24, pump)  # exponential work would already show here
        # So long that the cheapest quadratic search takes many times as long as is taken for noise.
        assert growth(lambda size, pump=pump: searches(pattern, size, pump), 2_500, 8) < EXPONENT, (
            pump
        )


def test_regular_expressions() -> None:
    for name, pattern in patterns():
        try:
            assert_linear(pattern)
        except AssertionError as error:
            pytest.fail(f"{name} takes more than linear time on repetitions of {error}")


@pytest.mark.parametrize("expression", [r"a*b", r"[a-z]+@[a-z]+\.com"])
def test_the_fuzzer_finds_quadratic_expressions(expression: str) -> None:
    with pytest.raises(AssertionError):
        assert_linear(re.compile(expression))
