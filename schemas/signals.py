"""A signal: something measured on every event, declared once.

The ClickHouse column, the summary, the panel, the metric's name and the documentation follow
from the declaration.
"""

import re
from typing import Literal

from msgspec import Struct

SignalKind = Literal["flag", "score", "amount", "category", "vector"]
Better = Literal["higher", "lower", "neither"]
Source = Literal["event", "prompt", "response", "context", "conversation", "objective", "feedback"]


class Signal(Struct, frozen=True, kw_only=True):
    """The declaration of a signal.

    ``kind`` decides the summary: a *flag* is true, false or absent; a *score* lies in 0..1; an
    *amount* is a finite number in ``unit`` (UCUM, as in OpenTelemetry: ``s``, ``{token}``, ``1``);
    a *category* is a short string; a *vector* an embedding. ``description`` is one sentence.
    A signal that is not ``stored`` has no column of single events, only windows.
    """

    name: str
    kind: SignalKind
    description: str
    unit: str = "1"
    better: Better = "neither"
    source: Source = "event"
    stored: bool = True

    @property
    def column(self) -> str:
        """The signal's column in ClickHouse (:func:`column_of`)."""
        return column_of(self.name)


def column_of(signal: str) -> str:
    """The column of the signal of this name: letters, digits and underscores, as SQL takes them.

    >>> column_of("prompt.words")
    'prompt_words'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", signal)
