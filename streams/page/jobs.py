"""Work that takes seconds of a core, in processes of their own: who looks is not held up."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, TypeVar

import msgspec
import structlog
from msgspec import Struct

from dashboards.page.work import WorkProblem
from streams.settings import ClickHouseSettings

log = structlog.get_logger(__name__)

REFUSED = 3
"""Exit code of a job that says on standard output why it cannot be done."""

_NICENESS = 10
_LOG_CHARACTERS = 2000

Request = TypeVar("Request", bound=Struct)
Answer = TypeVar("Answer", bound=Struct)


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a job cannot be done, and what to do."""

    what: str
    remedy: str


class Jobs:
    """Runs jobs, one at a time. For one event loop.

    Parameters
    ----------
    seconds
        A job that takes longer is ended.
    """

    def __init__(self, seconds: float = 120.0) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def run(self, module: str, request: Struct, answer: type[Answer]) -> Answer:
        """The answer of a module whose ``main`` is :func:`serve`. Raises ``WorkProblem``."""
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                told, errors = await asyncio.wait_for(
                    process.communicate(msgspec.json.encode(request)), self._seconds
                )
            except TimeoutError:
                raise WorkProblem(
                    f"This took longer than {self._seconds:.0f} s and was ended.",
                    "Choose a shorter stretch, or use the command line, which takes its time.",
                ) from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode == REFUSED:
            refusal = msgspec.json.decode(told, type=Refusal)
            raise WorkProblem(refusal.what, refusal.remedy)
        if process.returncode:
            log.error(
                "job_failed",
                job=module,
                code=process.returncode,
                error=errors.decode(errors="replace")[-_LOG_CHARACTERS:],
            )
            raise WorkProblem(
                "This could not be done.",
                "A mistake in Tidewatch: the log of `tidewatch page` has the details.",
            )
        return msgspec.json.decode(told, type=answer)


def serve(
    kind: type[Request],
    work: Callable[[Request], Struct],
    refusals: tuple[type[Exception], ...],
    remedy: str,
) -> None:
    """The main function of a job: the request from standard input, the answer to standard output.

    Parameters
    ----------
    kind
        What the request is.
    work
        Does the work.
    refusals
        What it raises when the work cannot be done; the message tells why.
    remedy
        What to do then.
    """
    # Whoever scores and looks comes first.
    os.nice(_NICENESS)
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=kind)
    try:
        with redirect_stdout(sys.stderr):
            answer = work(request)
    except refusals as error:
        sys.stdout.buffer.write(msgspec.json.encode(Refusal(what=str(error), remedy=remedy)))
        raise SystemExit(REFUSED) from None
    sys.stdout.buffer.write(msgspec.json.encode(answer))


def addressed(settings: ClickHouseSettings) -> dict[str, Any]:
    """The settings with their password, for a request: they go through a pipe alone."""
    return settings.model_dump() | {"password": settings.password.get_secret_value()}
