"""Who calls what, and how it turns out: a chunk's random draws, column by column."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.replay.applications import Model
from streams.replay.pools import Pools

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ZIPF_EXPONENT = 0.8
STEP_SECONDS = 0.35
"""Time between the calls of one request, such as routing and answering."""

ERRORS = {
    "timeout": 0.35,
    "rate_limited": 0.3,
    "overloaded": 0.2,
    "connection_error": 0.1,
    "invalid_response": 0.05,
}


class Outcome(IntEnum):
    """How a call turned out."""

    GOOD = 0
    ERROR = 1
    BLOCKED = 2
    REFUSAL = 3
    UNSUPPORTED = 4
    CUT_OFF = 5


class Rates(NamedTuple):
    """How often ordinary things go wrong or otherwise, as shares of calls."""

    error: float = 0.006
    blocked: float = 0.003
    refusal: float = 0.02
    unsupported: float = 0.025
    cut_off: float = 0.012
    cache_hit: float = 0.04
    retry: float = 0.015
    redacted: float = 0.008


class Draws(NamedTuple):
    """One entry for each call, in the order of time.

    ``request``, ``call``, ``user``, ``scenario`` and ``model`` are indices; ``times`` are seconds
    since the epoch; ``outcome`` holds :class:`Outcome` values, ``error`` indices into ``ERRORS``.
    """

    request: Ints
    call: Ints
    times: Floats
    user: Ints
    scenario: Ints
    model: Ints
    outcome: Ints
    error: Ints
    cached: Flags
    retries: Ints
    redacted: Flags


class Drawer:
    """Draws the calls of requests.

    Parameters
    ----------
    pools
        Scenarios, and the use cases with their applications.
    models
        The models the applications call.
    users
        How many users there are.
    rates
        How often calls go wrong.
    rng
        Where the randomness comes from.
    """

    def __init__(
        self,
        pools: Pools,
        models: Sequence[Model],
        users: int,
        rates: Rates,
        rng: np.random.Generator,
    ) -> None:
        self._pools = pools
        self._rates = rates
        self._rng = rng
        self._applications = pools.applications
        self._application_edges = _edges([a.share for a in self._applications])
        self._user_edges = _edges((np.arange(1, users + 1) ** -ZIPF_EXPONENT).tolist())
        self._error_edges = _edges(list(ERRORS.values()))
        self._outcome_edges = np.cumsum(rates[:5])
        numbers = {model.name: n for n, model in enumerate(models)}
        self._models = [
            (
                np.array([numbers[name] for name in call.use_case.models]),
                _edges(list(call.use_case.models.values())),
            )
            for call in pools.calls
        ]

    def draw(self, requests: Floats) -> Draws:
        """The calls of requests that arrive at the given times."""
        rng = self._rng
        request, call, times = self._calls(requests)
        n = len(call)
        # Users and languages belong to the request: all its calls share them.
        user = np.searchsorted(self._user_edges, rng.random(len(requests)))[request]
        language = rng.random(len(requests))[request]
        # The last edge is the sum of all bad outcomes: what lies beyond is good.
        kind = np.searchsorted(self._outcome_edges, rng.random(n), side="right") + 1
        outcome = np.where(kind > len(self._outcome_edges), Outcome.GOOD, kind)
        answered = (outcome != Outcome.ERROR) & (outcome != Outcome.BLOCKED)
        return Draws(
            request=request,
            call=call,
            times=times,
            user=user,
            scenario=self._pools.draw(rng, call, language),
            model=self._model(call),
            outcome=outcome,
            error=np.searchsorted(self._error_edges, rng.random(n)),
            cached=(rng.random(n) < self._rates.cache_hit) & answered,
            retries=np.where(rng.random(n) < self._rates.retry, rng.geometric(0.7, n), 0),
            redacted=rng.random(n) < self._rates.redacted,
        )

    def _calls(self, requests: Floats) -> tuple[Ints, Ints, Floats]:
        application = np.searchsorted(self._application_edges, self._rng.random(len(requests)))
        made: list[Ints] = []
        calls: list[Ints] = []
        times: list[Floats] = []
        first = 0
        for number, declared in enumerate(self._applications):
            mine = np.flatnonzero(application == number)
            for step, use_case in enumerate(declared.use_cases):
                those = mine[self._rng.random(len(mine)) < use_case.share]
                made.append(those)
                calls.append(np.full(len(those), first + step))
                times.append(requests[those] + step * STEP_SECONDS)
            first += len(declared.use_cases)
        # Chunks must not overlap in time: late calls are drawn back to the chunk's last request.
        time = np.minimum(np.concatenate(times), requests[-1])
        order = np.argsort(time, kind="stable")
        return np.concatenate(made)[order], np.concatenate(calls)[order], time[order]

    def _model(self, call: Ints) -> Ints:
        draws = self._rng.random(len(call))
        model = np.zeros(len(call), np.int64)
        for number, (models, edges) in enumerate(self._models):
            mine = np.flatnonzero(call == number)
            model[mine] = models[np.searchsorted(edges, draws[mine])]
        return model


def _edges(weights: Sequence[float]) -> Floats:
    total = np.cumsum(np.asarray(weights, float))
    edges: Floats = total / total[-1]
    edges[-1] = 1.0
    return edges
