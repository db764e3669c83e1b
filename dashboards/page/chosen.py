"""What is chosen in an address: a stretch of time and values of variables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from dashboards.panels.query import Selection

RANGES: dict[str, timedelta] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "14d": timedelta(days=14),
    "30d": timedelta(days=30),
}
"""Stretches that end now, by their names in addresses."""

RANGE_LABELS = {
    "15m": "last 15 minutes",
    "1h": "last hour",
    "6h": "last 6 hours",
    "24h": "last 24 hours",
    "7d": "last 7 days",
    "14d": "last 14 days",
    "30d": "last 30 days",
}
DEFAULT_RANGE = "1h"
DIMENSIONS = ("application", "model", "release")
"""Variables every page with panels can be restricted by."""

_LONGEST_VALUE = 500
_MILLISECONDS = re.compile(r"\d{1,16}")


class ChosenError(ValueError):
    """An address that cannot be understood; the message says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A stretch of time, and values by variable; a variable without values means all.

    ``range`` is a name of :data:`RANGES`; empty for a fixed stretch (``begin``, ``end``).
    """

    range: str = DEFAULT_RANGE
    begin: datetime | None = None
    end: datetime | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether the stretch moves with the clock."""
        return bool(self.range)

    @property
    def label(self) -> str:
        """The stretch for people."""
        if self.range:
            return RANGE_LABELS[self.range]
        form = "%Y-%m-%d %H:%M"
        return f"{self.begin:{form}} to {self.end:{form}} UTC"

    def selection(self, now: datetime, points: int = 120) -> Selection:
        """The same for panels. A moving stretch ends at the last full five seconds."""
        end = self.end or datetime.fromtimestamp(now.timestamp() // 5 * 5, UTC)
        begin = self.begin or end - RANGES[self.range]
        return Selection(begin=begin, end=end, points=points, chosen=self.values)

    def query(self, **changes: str | Sequence[str]) -> str:
        """The part of an address behind ``?``, with some values changed; empty ones are left out.

        >>> Chosen(values={"model": ("m1",)}).query(application=["shop"], model="")
        'range=1h&application=shop'
        """
        pairs: dict[str, Sequence[str]] = {}
        if self.range:
            pairs["range"] = [self.range]
        else:
            pairs["from"] = [_milliseconds(self.begin)]
            pairs["to"] = [_milliseconds(self.end)]
        pairs |= self.values
        for name, value in changes.items():
            pairs[name] = [value] if isinstance(value, str) else value
        if "range" in changes:
            pairs.pop("from", None)
            pairs.pop("to", None)
        return urlencode([(n, v) for n, values in pairs.items() for v in values if v])


def parse_chosen(
    pairs: Sequence[tuple[str, str]],
    variables: Sequence[str] = DIMENSIONS,
    *,
    default_range: str = DEFAULT_RANGE,
) -> Chosen:
    """What an address chooses.

    ``range=1h``, or ``from`` and ``to`` in milliseconds since the epoch, as Grafana writes them;
    ``model=m1`` any number of times. Grafana's ``var-model=m1`` is understood too.

    Raises :class:`ChosenError` when that cannot be understood.

    >>> parse_chosen([("range", "6h"), ("var-model", "m1")]).values
    {'model': ('m1',)}
    """
    values: dict[str, tuple[str, ...]] = {}
    given: dict[str, str] = {}
    for name, value in pairs:
        variable = name.removeprefix("var-")
        if variable in variables and value:
            if len(value) > _LONGEST_VALUE:
                raise ChosenError(f"{variable}: longer than {_LONGEST_VALUE} characters")
            values[variable] = (*values.get(variable, ()), value)
        elif name in {"range", "from", "to"} and value:
            given[name] = value
    if "from" in given or "to" in given:
        begin, end = _time("from", given.get("from", "")), _time("to", given.get("to", ""))
        if begin >= end:
            raise ChosenError("from: must lie before to")
        return Chosen(range="", begin=begin, end=end, values=values)
    chosen = given.get("range", default_range)
    if chosen not in RANGES:
        raise ChosenError(f"range: {chosen[:20]!r} is none of {', '.join(RANGES)}")
    return Chosen(range=chosen, values=values)


def _time(name: str, text: str) -> datetime:
    if not _MILLISECONDS.fullmatch(text):
        raise ChosenError(f"{name}: must be milliseconds since 1970, such as 1767225600000")
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        raise ChosenError(f"{name}: lies too far ahead") from None


def _milliseconds(time: datetime | None) -> str:
    return "" if time is None else str(round(time.timestamp() * 1000))
