"""What logs say of an error, and what they must not."""

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from streams.logs import configure_logs
from streams.settings import LogSettings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


TEXT, PASSWORD = "a prompt", "hunter2"


def fail(text: str, password: str) -> None:
    raise ValueError(f"{len(text)} characters, {len(password)} more")


@pytest.mark.parametrize("form", ["console", "json"])
def test_tracebacks_name_lines_and_no_values(
    form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(LogSettings(format=form), process="test")
    try:
        fail(TEXT, PASSWORD)
    except ValueError:
        structlog.get_logger("ours").exception("ours")
        logging.getLogger("a library").exception("theirs")
    told = capsys.readouterr().err
    assert TEXT not in told
    assert PASSWORD not in told
    assert told.count("in fail") == 2
    if form == "json":
        assert all("in fail" in json.loads(line)["exception"] for line in told.splitlines())
