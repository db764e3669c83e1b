"""Adam with decoupled decay of weights, in single precision."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST: Final = 0.9
_SECOND: Final = 0.999
_SMALL: Final = 1e-8

Floats = NDArray[np.float32]


class Adam:
    """Steps down a gradient (Kingma and Ba 2015; decay as Loshchilov and Hutter 2019 have it).

    Parameters
    ----------
    parameters
        Changed in place by every step.
    decays
        What part of each parameter a step of rate 1 takes off; 0 for all by default.
    speeds
        How many times the rate each parameter is changed by; 1 for all by default.

    Examples
    --------
    >>> place = np.array([4.0], np.float32)
    >>> descent = Adam([place])
    >>> for _ in range(200):
    ...     descent.step([2 * place], 0.1)
    >>> bool(abs(place[0]) < 0.1)
    True
    """

    def __init__(
        self,
        parameters: Sequence[Floats],
        decays: Sequence[float] | None = None,
        speeds: Sequence[float] | None = None,
    ) -> None:
        self._parameters = list(parameters)
        self._decays = [0.0] * len(parameters) if decays is None else list(decays)
        self._speeds = [1.0] * len(parameters) if speeds is None else list(speeds)
        self._means = [np.zeros_like(each) for each in parameters]
        self._squares = [np.zeros_like(each) for each in parameters]
        self._done = 0

    def step(self, gradients: Sequence[Floats], rate: float) -> None:
        """One step; a gradient for each parameter, in their order."""
        self._done += 1
        for each, gradient, mean, square, decay, speed in zip(
            self._parameters,
            gradients,
            self._means,
            self._squares,
            self._decays,
            self._speeds,
            strict=True,
        ):
            mean += (1 - _FIRST) * (gradient - mean)
            square += (1 - _SECOND) * (gradient**2 - square)
            change = mean / (1 - _FIRST**self._done)
            change /= np.sqrt(square / (1 - _SECOND**self._done)) + _SMALL
            each -= rate * speed * (change + decay * each)
