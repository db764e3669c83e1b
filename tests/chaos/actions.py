"""What a schedule does to a running Tidewatch."""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "kill",
    "freeze",
    "twin",
    "add",
    "remove",
    "cut",
    "silent",
    "slow",
    "errors",
    "lost_answers",
    "broken_requests",
    "clock",
    "receiver_away",
]

SERVERS = ("kafka", "clickhouse")


class Action(Struct, frozen=True, kw_only=True):
    """One disturbance.

    ``at`` is in seconds after the first event was sent. ``target`` is a process (``score-0``), a
    server (``kafka``, ``clickhouse``), the way of a process to a server (``kafka:score-0``) or
    ``receiver``. ``seconds`` is how long it lasts:

    | kind | target | what happens |
    |---|---|---|
    | kill | process, server | SIGKILL; started again after ``seconds`` |
    | freeze | process, server | SIGSTOP; SIGCONT after ``seconds`` |
    | twin | process | SIGSTOP, another of the same name starts, SIGCONT after ``seconds`` |
    | add | process | one more worker; told to end after ``seconds`` (0: stays) |
    | remove | process | SIGTERM; started again after ``seconds`` |
    | cut | way | connections are reset and refused |
    | silent | way | connections stay, and nothing comes through |
    | slow | way | every chunk takes 0.3 s longer |
    | errors | way to ClickHouse | in the middle of a request comes an error instead of an answer |
    | lost_answers | way | requests arrive, and instead of the answer the connection breaks |
    | broken_requests | way | the connection breaks in the middle of a request |
    | clock | process | its clock is ``seconds`` off (negative: behind) from then on |
    | receiver_away | ``receiver`` | nobody listens where alerts are delivered to |
    """

    at: float
    kind: Kind
    target: str
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.at:.1f}s {self.kind} {self.target} {self.seconds:.1f}s"
