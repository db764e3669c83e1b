"""Which release and prompt version of an application serves a user at a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from schemas.changes import Change, ChangeKind
from schemas.events import ReleaseRole, UseCaseKind
from streams.replay.applications import Application, UseCase

RELEASE_SECONDS = 8 * 3600.0
PROMPT_SECONDS = 13 * 3600.0


class Serving(NamedTuple):
    """What serves a user's calls: the part of an event that release and use case decide."""

    service_name: str
    use_case: str
    kind: UseCaseKind
    streamed: bool
    service_version: str
    role: ReleaseRole
    arm: str
    prompt_version: str
    system_prompt_hash: str


class Releases:
    """Versions as functions of event time alone: every application rolls at its own hours."""

    def __init__(self, applications: Sequence[Application]) -> None:
        self._applications = applications
        self._numbers: list[tuple[int, int]] = []
        self._serving_now: list[list[Serving]] = []

    def serving(self, time: float) -> list[list[Serving]]:
        """For each use case of each application, what serves each hundredth of the users."""
        numbers = [(_release(n, time), _prompt(n, time)) for n in range(len(self._applications))]
        if numbers != self._numbers:
            self._numbers = numbers
            self._serving_now = [
                [self._serving(number, use_case, time, user) for user in range(100)]
                for number, application in enumerate(self._applications)
                for use_case in application.use_cases
            ]
        return self._serving_now

    def _serving(self, number: int, use_case: UseCase, time: float, user: int) -> Serving:
        application = self._applications[number]
        # Users come by popularity: 37 spreads the popular ones over the hundredths.
        canary = user * 37 % 100 < 100 * application.canary_share
        prompt = f"v{_prompt(number, time)}"
        digest = blake2b(f"{use_case.name}{prompt}".encode(), digest_size=8).hexdigest()
        return Serving(
            service_name=application.name,
            use_case=use_case.name,
            kind=use_case.kind,
            streamed=use_case.streamed,
            service_version=_version(_release(number, time) + canary),
            role="canary" if canary else "experiment" if application.arms else "stable",
            arm=application.arms[user % len(application.arms)] if application.arms else "",
            prompt_version=prompt,
            system_prompt_hash=digest,
        )

    def changes(self, after: float, until: float) -> list[Change]:
        """What went live after ``after``, up to ``until``."""
        found = []
        for number, application in enumerate(self._applications):
            old, new = _release(number, after), _release(number, until)
            if old != new:
                versions = _version(old), _version(new)
                found.append(_change(application, "release", until, *versions))
            old, new = _prompt(number, after), _prompt(number, until)
            if old != new:
                found.append(_change(application, "prompt", until, f"v{old}", f"v{new}"))
        return found


def _release(application: int, time: float) -> int:
    return 100 + (int((time + 4700 * application) // RELEASE_SECONDS) + 137 * application) % 800


def _version(number: int) -> str:
    return f"{number // 100}.{number // 10 % 10}.{number % 10}"


def _prompt(application: int, time: float) -> int:
    return 1 + (int((time + 9100 * application) // PROMPT_SECONDS) + 7 * application) % 60


def _change(
    application: Application, kind: ChangeKind, time: float, before: str, after: str
) -> Change:
    return Change(
        change_id=f"{application.name}-{kind}-{after}-{int(time)}",
        time=datetime.fromtimestamp(time, UTC),
        kind=kind,
        segment={"service_name": application.name},
        before=before,
        after=after,
        description=f"{kind.capitalize()} {after} of {application.name} serves all its traffic.",
        author="deploy-bot",
    )
