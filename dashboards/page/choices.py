"""Values to choose from above the panels."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from dashboards.page.chosen import Chosen
from dashboards.page.context import Store, StoreProblem
from dashboards.panels.query import Selection, bind
from dashboards.panels.variable import Variable

_FRESH_SECONDS = 30.0
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable with its values and those chosen: these are always among the values."""

    name: str
    label: str
    values: Sequence[str]
    chosen: Sequence[str]
    several: bool


class Choices:
    """Asks for values of variables and keeps them; older ones are shown while it asks anew."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, tuple[float, list[str]]] = {}
        self._asking: dict[str, asyncio.Task[list[str]]] = {}

    async def all(
        self,
        variables: Sequence[Variable],
        chosen: Chosen,
        selection: Selection,
        *,
        patience_seconds: float,
    ) -> list[Choice]:
        """The choices there are; those that take longer or fail have only what is chosen.

        Variables that need exactly one value are waited for: nothing can be asked without.
        """
        found = []
        tasks = [self._task(variable, chosen, selection) for variable in variables]
        new = [_key(variable, chosen) not in self._kept for variable in variables]
        waiting = [task for task, unknown in zip(tasks, new, strict=True) if task and unknown]
        if waiting:
            await asyncio.wait(waiting, timeout=patience_seconds)
        for variable, task in zip(variables, tasks, strict=True):
            wanted = chosen.values.get(variable.name, ())
            values = self._known(variable, chosen)
            if task and not values and not variable.several and not wanted:
                await asyncio.wait([task])
                values = self._known(variable, chosen)
            if not wanted and not variable.several and values:
                wanted = (variable.default if variable.default in values else values[0],)
            missing = [value for value in wanted if value not in values]
            found.append(
                Choice(variable.name, variable.label, values + missing, wanted, variable.several)
            )
        return found

    def _known(self, variable: Variable, chosen: Chosen) -> list[str]:
        kept = self._kept.get(_key(variable, chosen))
        if kept is None:
            # Those of another choice, until this one's are there.
            kept = next(
                (v for k, v in self._kept.items() if k.startswith(f"{variable.name}?")), None
            )
        return kept[1] if kept else []

    def _task(
        self, variable: Variable, chosen: Chosen, selection: Selection
    ) -> asyncio.Task[list[str]] | None:
        """What asks for the values; ``None`` where they are fresh or there are none to ask for."""
        key = _key(variable, chosen)
        asked = self._kept.get(key, (-_FRESH_SECONDS, []))[0]
        if variable.typed or monotonic() - asked < _FRESH_SECONDS:
            return None
        if key not in self._asking:
            task = asyncio.create_task(self._ask(key, variable, selection))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return self._asking[key]

    async def _ask(self, key: str, variable: Variable, selection: Selection) -> list[str]:
        bound = bind(variable.sql, selection)
        try:
            answer = await self._store.query(bound.sql, bound.parameters)
        except StoreProblem:
            # The panels beside it say what is wrong.
            return []
        values = [str(row[0]) for row in answer.rows]
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (monotonic(), values)
        return values


def _key(variable: Variable, chosen: Chosen) -> str:
    return f"{variable.name}?{chosen.query()}"
