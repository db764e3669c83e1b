"""Users folded into distinct counts."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from detectors.folding.groups import Groups
from detectors.folding.histograms import ABSENT, count_codes
from detectors.summaries import USERS, Cardinality
from detectors.summaries.cardinality import register_and_rank
from detectors.summaries.hashing import stable_hash

_RANKS = 64
"""More than the largest rank, so that register and rank make one code."""


def fold_users(frame: pl.DataFrame, groups: Groups) -> Iterator[tuple[int, str, Cardinality]]:
    """Row, :data:`USERS` and summary, where any user is known. ``frame`` is in leaf order."""
    users = frame["user_id"].fill_null("")
    known = (users != "").to_numpy()
    if not known.any():
        return
    register, rank = register_and_rank(stable_hash(users.filter(known).to_list()))
    codes = np.full((1, len(users)), ABSENT, np.int32)
    codes[0, known] = register * _RANKS + rank
    histograms = count_codes(codes, groups)
    register, rank = np.divmod(histograms.codes, _RANKS)
    for row, (start, end) in enumerate(histograms.cuts):
        if start < end:
            yield row, USERS, Cardinality.of_ranks(register[start:end], rank[start:end])
