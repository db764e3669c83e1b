"""Pools of scenarios, one for each use case and language of each application."""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.replay.applications import Application, Model, UseCase, event_shares
from streams.replay.scenarios import Library, Scenario

SIZE_SIGMA = 0.5
SMALLEST_POOL = 16


class Call(NamedTuple):
    """A use case with its application: what an event is a call of."""

    application: Application
    use_case: UseCase


class _Pool(NamedTuple):
    library: Library
    use_case: UseCase
    size: float
    offset: int
    length: int


class Pools:
    """All scenarios in one list, addressed by use case and language.

    Parameters
    ----------
    applications
        Whose scenarios to make.
    mean_text_bytes
        Mean size of an event's texts (prompt, contexts or tool results, response) over all events.
        Sizes are log-normal around a mean for each use case.
    scenarios
        About how many scenarios to keep at hand.
    rng
        Where the texts' randomness comes from.
    """

    def __init__(
        self,
        applications: Sequence[Application],
        mean_text_bytes: float,
        scenarios: int,
        rng: random.Random,
    ) -> None:
        self._rng = rng
        self.applications = tuple(applications)
        self.calls = [Call(a, u) for a in applications for u in a.use_cases]
        shares = [share for row in event_shares(tuple(applications)) for share in row]
        texts = sum(s * c.use_case.text for s, c in zip(shares, self.calls, strict=True))
        unit = mean_text_bytes * sum(shares) / texts
        self._pools: list[_Pool] = []
        self._by_call: list[list[_Pool]] = []
        libraries: dict[tuple[str, str], Library] = {}
        offset = 0
        for share, call in zip(shares, self.calls, strict=True):
            total = sum(call.application.languages.values())
            pools = []
            for language, weight in call.application.languages.items():
                key = (call.application.name, language)
                library = libraries.setdefault(key, Library(*key))
                length = max(SMALLEST_POOL, round(scenarios * share * weight / total))
                size = unit * call.use_case.text
                pools.append(_Pool(library, call.use_case, size, offset, length))
                offset += length
            self._pools += pools
            self._by_call.append(pools)
        self.scenarios: list[Scenario] = [
            self._scenario(pool) for pool in self._pools for _ in range(pool.length)
        ]
        self._owner = [pool for pool in self._pools for _ in range(pool.length)]

    def _scenario(self, pool: _Pool) -> Scenario:
        wobble = self._rng.lognormvariate(-(SIZE_SIGMA**2) / 2, SIZE_SIGMA)
        return pool.library.scenario(pool.use_case.style, pool.size * wobble, self._rng)

    def renew(self, count: int) -> None:
        """Replace ``count`` scenarios, drawn at random, by new ones."""
        for _ in range(count):
            at = self._rng.randrange(len(self.scenarios))
            self.scenarios[at] = self._scenario(self._owner[at])

    def draw(
        self, rng: np.random.Generator, call: NDArray[np.int64], language: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Indices of scenarios for events of the given calls.

        ``language`` in 0..1 picks each event's language by its application's weights, so that
        events of one request can share it.
        """
        index = np.zeros(len(call), np.int64)
        within = rng.random(len(call))
        for number, pools in enumerate(self._by_call):
            mine = np.flatnonzero(call == number)
            weights = np.array(list(self.calls[number].application.languages.values()), float)
            edges = np.cumsum(weights) / weights.sum()
            chosen = np.minimum(np.searchsorted(edges, language[mine]), len(pools) - 1)
            offsets = np.array([pool.offset for pool in pools])[chosen]
            lengths = np.array([pool.length for pool in pools])[chosen]
            index[mine] = offsets + (within[mine] * lengths).astype(np.int64)
        return index


def used_models(applications: Sequence[Application], models: dict[str, Model]) -> list[Model]:
    """The models the applications call. Raises ``KeyError`` for one that is not declared."""
    names = dict.fromkeys(
        name for application in applications for use in application.use_cases for name in use.models
    )
    return [models[name] for name in names]
