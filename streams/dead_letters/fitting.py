"""A dead letter that fits its topic, whatever was refused."""

from msgspec.structs import replace

from schemas.dead_letters import DeadLetter
from streams.kafka import MESSAGE_MAX_BYTES

DETAIL_CHARACTERS = 1_000
HEADER_CUT = "tidewatch-cut"
"""Header of a letter that is not whole: how many bytes its value had."""
_PART_BYTES = 256 * 1024


def fitting(letter: DeadLetter) -> DeadLetter:
    """The letter, cut where the dead-letter topic would not take it.

    A topic's limit counts compressed bytes, so a refused message may hold many times more than a
    producer sends. What is too long loses the end of its value; a key or headers of more than
    256 kB go as well then. The header ``tidewatch-cut`` says so: such a letter cannot be replayed.
    """
    letter = replace(letter, detail=letter.detail[:DETAIL_CHARACTERS])
    headers = sum(len(name) + len(value or b"") for name, value in letter.headers)
    if len(letter.value or b"") + len(letter.key or b"") + headers <= MESSAGE_MAX_BYTES:
        return letter
    return replace(
        letter,
        key=letter.key and letter.key[:_PART_BYTES],
        value=letter.value and letter.value[:MESSAGE_MAX_BYTES],
        headers=(
            *(letter.headers if headers <= _PART_BYTES else ()),
            (HEADER_CUT, str(len(letter.value or b"")).encode()),
        ),
    )
