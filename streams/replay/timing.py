"""How long a model call takes and what it costs, given its tokens: a stated, seeded model.

Time to first token is log-normal around the model's own, plus 60 µs an input token (prefill).
Output speed is log-normal around the model's own. Latency is the time to the first token plus
output tokens divided by speed. ``load`` stretches both, as a busy service does.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.replay.applications import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_TOKEN_SIGMA = 0.35
SPEED_SIGMA = 0.18
PREFILL_SECONDS_PER_TOKEN = 60e-6


class Timing(NamedTuple):
    """Seconds to the first token, seconds to the end, and US dollars, one for each call."""

    first_token_seconds: Floats
    latency_seconds: Floats
    cost_usd: Floats


class TimingModel:
    """Draws timings and costs for calls of the given models."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._first = np.array([model.first_token_seconds for model in models])
        self._speed = np.array([model.tokens_per_second for model in models])
        self._input_usd = np.array([model.input_usd for model in models]) / 1e6
        self._output_usd = np.array([model.output_usd for model in models]) / 1e6

    def draw(
        self,
        rng: np.random.Generator,
        model: Ints,
        input_tokens: Ints,
        output_tokens: Ints,
        load: Floats | float = 1.0,
    ) -> Timing:
        """One timing for each call; ``model`` holds indices into the models given."""
        n = len(model)
        first = self._first[model] * np.exp(FIRST_TOKEN_SIGMA * rng.standard_normal(n))
        first = (first + PREFILL_SECONDS_PER_TOKEN * input_tokens) * load
        speed = self._speed[model] * np.exp(SPEED_SIGMA * rng.standard_normal(n)) / load
        cost = self._input_usd[model] * input_tokens + self._output_usd[model] * output_tokens
        return Timing(
            np.round(first, 4), np.round(first + output_tokens / speed, 4), np.round(cost, 8)
        )
