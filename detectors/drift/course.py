"""What drawn streams have in common: phases, events, and how often they are looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.drift.record import Streams

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Course:
    """What streams have in common: a reference of ``past`` blocks, and ``looks`` a block behind it.

    ``rows`` are the phases of all these, ``counts`` their events (``streams x ...``). ``drawn``
    tells which deviation each has: what varies from block to block
    may last for any part of a block, and is larger by ``scale`` (``streams``) the shorter it lasts.
    """

    past: int
    looks: int
    rows: Counts
    counts: Counts
    drawn: Counts
    scale: Floats

    @classmethod
    def of(
        cls,
        rows: Counts,
        counts: Counts,
        period: int,
        choices: int,
        streams: int,
        ahead: int,
        looks: int,
        random: np.random.Generator,
    ) -> "Course":
        """The reference's phases and counts, begun elsewhere, and one of so many choices each."""
        past, period = len(counts), max(period, 1)
        at = np.arange(past + ahead)
        if period > 1:
            at = np.where(at < past, at, past - period + (at - past) % period)
        rows = rows[at % past]
        begin = period * random.integers(max(past // period, 1), size=streams)
        counts = counts[(begin[:, None] + np.arange(past + ahead)) % past]
        drawn = random.integers(choices, size=(streams, past + ahead * looks))
        if looks == 1:
            return cls(past, looks, rows, counts, drawn, np.ones(streams))
        lasts = np.rint(looks ** random.random(streams)).astype(np.int64)
        begun = random.integers(looks, size=streams) % lasts
        held = (np.arange(ahead * looks) + begun[:, None]) // lasts[:, None]
        drawn[:, past:] = np.take_along_axis(drawn[:, past:], held, axis=1)
        live = np.repeat(counts[:, past:], looks, axis=1)
        live = (live + random.integers(looks, size=live.shape)) // looks
        return cls(
            past,
            looks,
            np.concatenate((rows[:past], np.repeat(rows[past:], looks))),
            np.concatenate((counts[:, :past], live), axis=1),
            drawn,
            _larger(looks)[lasts],
        )

    def lasting(self, found: Floats) -> Floats:
        """Deviations a block each as those of what is looked at; in place."""
        found[:, self.past :] *= self.scale[:, None, None]
        return found

    def by_row(self, found: Floats | Counts, rows: int) -> Floats:
        """Sums over the reference's blocks of each phase, ``streams x rows x ...``."""
        phases = self.rows[: self.past]
        sums = [found[:, : self.past][:, phases == row].sum(axis=1) for row in range(rows)]
        return np.stack(sums, axis=1)

    def streams(self, sums: Floats, means: Floats) -> Streams:
        """These sums, behind references of these means (``streams x rows x features``)."""
        live = self.counts[:, self.past :].astype(np.float64)
        return Streams(live, sums, live[..., None] * means[:, self.rows[self.past :]])

    def wander(self, shocks: Floats, memory: float) -> Floats:
        """An autoregressive process that varies as these shocks do (``streams x ...``); in place.

        It forgets with ``memory`` (in blocks); where blocks are looked at more often, it goes on in
        between.
        """
        for at in range(1, shocks.shape[1]):
            keep = np.exp(-1 / memory / (1 if at < self.past else self.looks))
            shocks[:, at] *= np.sqrt(1 - keep**2)
            shocks[:, at] += keep * shocks[:, at - 1]
        # Means of blocks vary less than what they are means of.
        shocks[:, self.past :] /= np.sqrt(resemblance(memory, self.looks)[0])
        return shocks


def resemblance(memory: float, looks: int) -> tuple[float, float]:
    """Variance and correlation of the means of blocks of an autoregressive process.

    It varies by 1, has so long a memory (in blocks), and is looked at so often a block.
    """
    at = np.arange(looks)
    apart = np.abs(at[:, None] - at) / looks
    variance = float(np.exp(-apart / memory).mean())
    ahead = float(np.exp(-(1 + (at[:, None] - at) / looks) / memory).mean())
    return variance, ahead / variance


def _larger(looks: int) -> Floats:
    """By what to multiply what lasts 0, 1, 2 ... looks so that its means of so many vary by 1."""
    at = np.arange(looks)
    apart = np.abs(at[:, None] - at)
    alike = [(1 - apart / lasts).clip(0).mean() for lasts in range(1, looks + 1)]
    return np.append(1.0, 1 / np.sqrt(alike))
