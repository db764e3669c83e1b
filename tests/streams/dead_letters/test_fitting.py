"""What is refused reaches its topic, however large it was."""

from datetime import UTC, datetime

import pytest

from schemas.dead_letters import DeadLetter
from streams.dead_letters.fitting import HEADER_CUT, fitting
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, ensure_topics
from streams.settings import KafkaSettings
from streams.sink.dead_letters import DeadLetterProducer

MB = 1024**2
LETTER = DeadLetter(
    topic="feedback",
    partition=0,
    offset=7,
    time=datetime(2026, 3, 2, tzinfo=UTC),
    reason="invalid",
    detail="no such field",
    key=b"k",
    value=b"v",
    headers=(("origin", b"test"),),
)


def test_a_letter_that_fits_stays_as_it_is() -> None:
    assert fitting(LETTER) == LETTER


@pytest.mark.parametrize(
    "changes",
    [
        {"value": bytes(40 * MB)},
        {"key": bytes(40 * MB)},
        {"headers": (("h", bytes(40 * MB)),)},
        {"detail": "d" * 40 * MB},
        {"key": bytes(33 * MB), "value": bytes(33 * MB), "headers": (("h", bytes(33 * MB)),)},
    ],
    ids="-".join,
)
def test_a_huge_one_is_taken(kafka: EmbeddedKafka, changes: dict[str, object]) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix="fitting.")
    ensure_topics(settings)
    letter = DeadLetter(
        **{name: getattr(LETTER, name) for name in LETTER.__struct_fields__} | changes
    )
    DeadLetterProducer(client_config(settings), "fitting.dead-letters").send([letter])
    cut = fitting(letter)
    assert (cut.topic, cut.offset, cut.reason) == ("feedback", 7, "invalid")
    assert (cut.value or b"")[:1] == (letter.value or b"")[:1]
    marks = [value for name, value in cut.headers if name == HEADER_CUT]
    assert marks == ([] if "detail" in changes else [str(len(letter.value or b"")).encode()])
