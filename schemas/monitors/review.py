"""Who answers for a monitor, and until when."""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct


class Review(Struct, frozen=True, kw_only=True):
    """Who answers for the document ``name``, and the last day (UTC) without another look."""

    name: str
    owner: str
    by: date

    @property
    def due(self) -> int:
        """When that day is over, in seconds since the epoch.

        >>> Review(name="m", owner="safety", by=date(1970, 1, 1)).due
        86400
        """
        midnight = datetime(self.by.year, self.by.month, self.by.day, tzinfo=UTC)
        return int((midnight + timedelta(days=1)).timestamp())
