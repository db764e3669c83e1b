"""Waiting for servers, and what a process says of itself meanwhile."""

import threading
from collections.abc import Callable

import pytest

from streams.background import in_background
from streams.kafka import KafkaAway, answers, await_kafka
from streams.service import Status, Stopped, when_available
from streams.settings import KafkaSettings


class Away(Exception):
    pass


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = [error] * times

    def act() -> str:
        if left:
            raise left.pop()
        return "here"

    return act


def test_it_is_tried_until_it_is_there() -> None:
    status = Status()
    act = failing(2, Away("the server is away"))
    assert when_available(act, threading.Event(), status, away=(Away,)) == "here"


def test_the_reason_is_told_and_a_stop_ends_the_wait() -> None:
    stop, status = threading.Event(), Status()

    def act() -> str:
        if status.ready() != "starting":
            stop.set()
        raise Away("the server is away")

    with pytest.raises(Stopped):
        when_available(act, stop, status, away=(Away,))
    assert status.ready() == "the server is away"
    assert status.alive() == ""


def test_what_will_not_pass_is_not_waited_for() -> None:
    with pytest.raises(ValueError, match="wrong"):
        when_available(failing(1, ValueError("wrong")), threading.Event(), Status(), away=(Away,))


def test_kafka_that_is_away_is_named(wait_until: Callable[..., object]) -> None:
    nowhere = KafkaSettings(bootstrap_servers="127.0.0.1:9")
    with pytest.raises(KafkaAway, match=r"127\.0\.0\.1:9 does not answer"):
        answers(nowhere, timeout=0.2)
    stop, status = threading.Event(), Status()
    waiting = in_background(lambda: await_kafka(nowhere, stop, status))
    wait_until(lambda: "does not answer" in status.ready())
    stop.set()
    with pytest.raises(Stopped):
        waiting.result(20)
