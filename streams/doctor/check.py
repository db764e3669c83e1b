"""The outcome of one check."""

from typing import Literal

from msgspec import Struct

Status = Literal["ok", "warning", "failed", "skipped"]


class Check(Struct, frozen=True, kw_only=True):
    """What was found. ``remedy`` says what to do, where something is to be done.

    A *warning* deserves a look; only *failed* says that something does not work.
    """

    part: str
    name: str
    status: Status
    found: str
    remedy: str = ""


def ok(part: str, name: str, found: str) -> Check:
    """A check that holds."""
    return Check(part=part, name=name, status="ok", found=found)


def failed(part: str, name: str, found: str, remedy: str) -> Check:
    """A check that does not hold."""
    return Check(part=part, name=name, status="failed", found=found, remedy=remedy)


def warning(part: str, name: str, found: str, remedy: str) -> Check:
    """A check that holds, with something to look at."""
    return Check(part=part, name=name, status="warning", found=found, remedy=remedy)


def skipped(part: str, name: str, found: str) -> Check:
    """A check that cannot be made."""
    return Check(part=part, name=name, status="skipped", found=found)
