"""The signals the store has columns for, and the monitors that name them."""

from asyncio import to_thread
from time import monotonic
from typing import Any

import msgspec

from dashboards.page.context import PageContext, Store, StoreProblem
from schemas.monitors.resolved import MonitorSet
from schemas.signals import Signal

_KEPT_SECONDS = 60.0
_SIGNALS = """
SELECT name, kind, unit, better, source, description, column_name FROM signals ORDER BY name
"""


class Signals:
    """Asks which signals there are, and keeps the answer for a minute."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: tuple[float, list[dict[str, Any]]] | None = None

    async def columns(self) -> list[dict[str, Any]]:
        """Every signal with its column ``column_name``. Raises :class:`StoreProblem`."""
        if self._kept is None or monotonic() - self._kept[0] > _KEPT_SECONDS:
            self._kept = (monotonic(), (await self._store.query(_SIGNALS)).dicts())
        return self._kept[1]

    async def declared(self) -> list[Signal]:
        """Every signal; none while the store does not tell."""
        try:
            return msgspec.convert(await self.columns(), list[Signal])
        except (StoreProblem, msgspec.ValidationError):
            return []


async def running_monitors(context: PageContext, signals: Signals) -> MonitorSet:
    """The monitors of the folder that are right."""
    return await to_thread(context.monitors.running, await signals.declared())
