"""Counting codes by row: many sparse histograms in one matrix product."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from detectors.folding.groups import Groups

Codes = npt.NDArray[np.int32]

ABSENT: Final = np.iinfo(np.int32).min
"""In place of a code: the event has none."""


@dataclass(frozen=True)
class Histograms:
    """How often each code occurs in each row, for several blocks of codes.

    The codes of block ``b`` in row ``r`` are ``codes[cuts[r][b]:cuts[r][b + 1]]``, ascending, and
    their ``counts`` in the same place.
    """

    codes: Codes
    counts: Codes
    cuts: list[list[int]]


def count_codes(blocks: Codes, groups: Groups) -> Histograms:
    """Count the codes of every block by row.

    ``blocks`` holds codes by block and event (in leaf order), :data:`ABSENT` where there is none.
    """
    present = blocks != ABSENT
    last = blocks.max(axis=1)
    first = np.where(present, blocks, last[:, None]).min(axis=1)
    sizes = last.astype(np.int64) - first + 1
    ends = np.cumsum(sizes)
    offsets = ends - sizes
    columns = int(ends[-1])
    # A sparse matrix of leaves by codes, a 1 for every value of an event; membership times that
    # matrix adds up equal codes.
    indices = (blocks + (offsets - first)[:, None].astype(np.int32)).T[present.T]
    per_event = np.append(0, np.cumsum(present.sum(axis=0)))
    leaf_ends = per_event[groups.leaf_bounds]
    ones = np.ones(len(indices), np.int32)
    values = csr_array(  # type: ignore[no-untyped-call]
        (ones, indices, leaf_ends), shape=(len(groups.leaf_starts), columns)
    )
    counted = (groups.membership @ values).tocsc().tocsr()  # back and forth: sorted in linear time
    row = np.repeat(np.arange(groups.rows) * columns, np.diff(counted.indptr))
    bounds = np.arange(groups.rows)[:, None] * columns + np.append(offsets, columns)
    shift = np.repeat(first - offsets, sizes)
    return Histograms(
        codes=(counted.indices + shift[counted.indices]).astype(np.int32),
        counts=counted.data,
        cuts=np.searchsorted(row + counted.indices, bounds).tolist(),
    )
