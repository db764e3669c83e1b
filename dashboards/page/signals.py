"""The signals the store knows, and the monitors that name them."""

import asyncio
from asyncio import to_thread
from contextlib import suppress
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
    """Asks which signals there are, once a minute; who asks meanwhile gets the answer before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: list[dict[str, Any]] | None = None
        self._asked = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def columns(self) -> list[dict[str, Any]]:
        """Every signal of events with its column ``column_name``. Raises :class:`StoreProblem`."""
        return [signal for signal in await self._all() if signal["column_name"]]

    async def _all(self) -> list[dict[str, Any]]:
        if self._kept is None:
            await self._ask()
        elif monotonic() - self._asked > _KEPT_SECONDS:
            self._asked = monotonic()
            self._asking = asyncio.create_task(self._ask_again())
        return self._kept or []

    async def _ask(self) -> None:
        self._kept = (await self._store.query(_SIGNALS)).dicts()
        self._asked = monotonic()

    async def _ask_again(self) -> None:
        # What was known holds on meanwhile: the queries of the page tell what is wrong.
        with suppress(StoreProblem):
            await self._ask()

    async def declared(self) -> list[Signal]:
        """Every signal, those of windows alone too; none while the store does not tell."""
        try:
            return msgspec.convert(await self._all(), list[Signal])
        except (StoreProblem, msgspec.ValidationError):
            return []


async def running_monitors(context: PageContext, signals: Signals) -> MonitorSet:
    """The monitors of the folder that are right."""
    return await to_thread(context.monitors.running, await signals.declared())
