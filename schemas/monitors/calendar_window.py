"""Windows that follow the calendar: the period that holds a moment, in a time zone."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

CalendarUnit = Literal["m", "h", "d", "w", "M", "Q", "Y"]

_MONTHS: Final[dict[str, int]] = {"M": 1, "Q": 3, "Y": 12}
_LENGTHS: Final[dict[str, timedelta]] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


class CalendarWindow(Struct, frozen=True, kw_only=True):
    """Periods of ``count`` units, one after the other, aligned to ``start``.

    ``start`` is local time in ``time_zone`` (IANA), as ``2022-01-01 12:00:00``. Days and longer
    units keep the local time of day through changes of summer time; months that are shorter than
    the day of ``start`` begin on their last day.

    >>> months = CalendarWindow(count=1, unit="M", start="2024-01-31 00:00:00", time_zone="UTC")
    >>> moment = datetime(2024, 3, 1, tzinfo=UTC).timestamp()
    >>> [datetime.fromtimestamp(each, UTC).isoformat() for each in months.period(moment)]
    ['2024-02-29T00:00:00+00:00', '2024-03-31T00:00:00+00:00']
    """

    count: int
    unit: CalendarUnit
    start: str
    time_zone: str

    def period(self, at: float) -> tuple[float, float]:
        """Begin (inclusive) and end (exclusive) of the period that holds ``at``, epoch seconds."""
        number = self._guess(at)
        while self._begin(number) > at:
            number -= 1
        while self._begin(number + 1) <= at:
            number += 1
        return self._begin(number), self._begin(number + 1)

    @property
    def _anchor(self) -> datetime:
        return datetime.fromisoformat(self.start)

    def _guess(self, at: float) -> int:
        local = datetime.fromtimestamp(at, ZoneInfo(self.time_zone)).replace(tzinfo=None)
        anchor = self._anchor
        if self.unit in _MONTHS:
            months = (local.year - anchor.year) * 12 + local.month - anchor.month
            return months // (_MONTHS[self.unit] * self.count)
        return int((local - anchor) // (_LENGTHS[self.unit] * self.count))

    def _begin(self, number: int) -> float:
        anchor, zone = self._anchor, ZoneInfo(self.time_zone)
        if self.unit in _MONTHS:
            month = anchor.month - 1 + number * self.count * _MONTHS[self.unit]
            year, month = anchor.year + month // 12, month % 12 + 1
            day = min(anchor.day, monthrange(year, month)[1])
            return anchor.replace(year=year, month=month, day=day, tzinfo=zone).timestamp()
        if self.unit in {"m", "h"}:
            # Hours are as long as they are: they do not follow summer time.
            begin = anchor.replace(tzinfo=zone).astimezone(UTC)
            return (begin + number * self.count * _LENGTHS[self.unit]).timestamp()
        local = anchor + number * self.count * _LENGTHS[self.unit]
        return local.replace(tzinfo=zone).timestamp()
