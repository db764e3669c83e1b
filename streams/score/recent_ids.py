"""The event ids of the last minutes, as 64-bit hashes: a copy counts once."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]

_SLICES = 8


def hash_ids(event_ids: Iterable[str]) -> Hashes:
    """64-bit hashes of event ids, the same in every process and release of Tidewatch."""
    digests = b"".join([blake2b(i.encode(), digest_size=8).digest() for i in event_ids])
    return np.frombuffer(digests, dtype="<u8")


class RecentIds:
    """Hashes seen within a horizon, in sorted runs; runs of one slice of time merge as they grow.

    Eight bytes an id: ten minutes at 15,000 events a second are 72 MB. A look-up costs a binary
    search a run, some twenty runs.

    Parameters
    ----------
    horizon_seconds
        How long an id is remembered (up to an eighth longer).
    """

    def __init__(self, horizon_seconds: float) -> None:
        self._slice_seconds = horizon_seconds / _SLICES
        self._runs: list[tuple[int, Hashes]] = []

    def __len__(self) -> int:
        return sum(len(run) for _, run in self._runs)

    def unseen(self, hashes: Hashes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of the hashes are new: not remembered, and first of their kind in the array."""
        ordered, first = np.unique(hashes, return_index=True)
        known = np.zeros(len(ordered), dtype=bool)
        for _, run in self._runs:
            at = np.searchsorted(run, ordered)
            known |= run[np.minimum(at, len(run) - 1)] == ordered
        new = np.zeros(len(hashes), dtype=bool)
        new[first[~known]] = True
        return new

    def add(self, hashes: Hashes, now: float) -> None:
        """Remember hashes at time ``now`` (seconds), and forget those beyond the horizon."""
        current = int(now // self._slice_seconds)
        self._runs = [(s, run) for s, run in self._runs if s >= current - _SLICES]
        if not len(hashes):
            return
        run = np.sort(hashes)
        # Runs of a slice merge like binary counters: few runs, each id moved a few times.
        while self._runs and self._runs[-1][0] == current and len(self._runs[-1][1]) < 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop()[1], run]), kind="stable")
        self._runs.append((current, run))
