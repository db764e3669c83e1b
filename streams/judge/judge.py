"""What a judge is: something slow that scores one inference."""

from typing import Protocol

from msgspec import Struct

from detectors.batch import context_texts, prompt_text
from schemas.events import InferenceEvent
from streams.settings import SettingsError


class Case(Struct, frozen=True, kw_only=True):
    """The texts of an inference that a judge looks at; an empty one is absent."""

    event_id: str
    prompt: str = ""
    response: str = ""
    context: str = ""

    @classmethod
    def of(cls, event: InferenceEvent) -> "Case":
        """The case that an event makes."""
        return cls(
            event_id=event.event_id,
            prompt=prompt_text(event) or "",
            response=event.response or "",
            context="\n\n".join(context_texts(event)),
        )


class Verdict(Struct, frozen=True, kw_only=True):
    """What a judge said: a ``score`` in 0..1, or why there is none.

    ``failure`` is a word for metrics (``timeout``, ``http_status``, ``unparsable``, ...); it never
    quotes a text. ``calls`` is how many calls were made.
    """

    score: float | None = None
    failure: str = ""
    calls: int = 1


class JudgeError(SettingsError):
    """A judge that cannot be used as configured; the message names the setting and the remedy."""


class Judge(Protocol):
    """A heavier scorer. ``judge`` is called by several threads at once."""

    name: str

    def judge(self, case: Case) -> Verdict:
        """Score a case. Raises nothing that the case, or what answers, can cause."""
        ...

    def close(self) -> None:
        """Let connections and memory go; a call under way may fail."""
        ...
