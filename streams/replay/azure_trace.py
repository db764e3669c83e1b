"""Arrivals and token counts of the Azure LLM inference trace 2023, over and over.

Source: Patel et al., "Splitwise: Efficient generative LLM inference using phase splitting", ISCA
2024; github.com/Azure/AzurePublicDataset, CC-BY-4.0. It has neither latencies nor errors.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

FILE = Path("azure_llm_2023") / "AzureLLMInferenceTrace_conv.csv"


class Arrived(NamedTuple):
    """Calls that arrive one after the other: seconds since the epoch, tokens in, tokens out."""

    times: NDArray[np.float64]
    input_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]


class AzureTrace:
    """The trace, replayed endlessly.

    Parameters
    ----------
    folder
        Folder of data sets.
    rate
        Events per second to stretch or squeeze the trace to; ``None`` keeps its own 5.5.

    Raises
    ------
    FileNotFoundError
        When the trace is not in the folder.
    """

    def __init__(self, folder: Path, rate: float | None = None) -> None:
        frame = pl.read_csv(folder / FILE)
        times = frame["TIMESTAMP"].str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        offsets = (times - times[0]).dt.total_microseconds().to_numpy() / 1e6
        order = np.argsort(offsets, kind="stable")
        self._offsets = offsets[order]
        self._input = frame["ContextTokens"].to_numpy()[order]
        self._output = frame["GeneratedTokens"].to_numpy()[order]
        # One mean gap more, so that the last event of a round and the first of the next differ.
        span = float(self._offsets[-1]) * (1 + 1 / len(order))
        self._scale = 1.0 if rate is None else len(order) / span / rate
        self._span = span * self._scale

    def chunks(self, start: float, size: int) -> Iterator[Arrived]:
        """Endless chunks of ``size`` calls, the first at ``start``."""
        rounds = 0
        while True:
            times = start + rounds * self._span + self._offsets * self._scale
            for at in range(0, len(times), size):
                part = slice(at, at + size)
                yield Arrived(times[part], self._input[part], self._output[part])
            rounds += 1
