"""Mergeable summaries: the one form every statistic has, from a pane to a year.

A summary can observe values, merge with another of its class (associative and commutative, with
``empty()`` as the identity) and be encoded. Summaries are values: observing and merging give a new
one.
"""

from detectors.summaries.cardinality import Cardinality
from detectors.summaries.category_counts import CategoryCounts
from detectors.summaries.distribution import Distribution
from detectors.summaries.examples import merge_examples
from detectors.summaries.flag_counts import FlagCounts
from detectors.summaries.merging import merge_alike
from detectors.summaries.summary import (
    USERS,
    Summary,
    decode_summaries,
    decode_summary,
    encode_summary,
    merge_signals,
    merge_summaries,
    summary_for,
)
from detectors.summaries.vector_sum import VectorSum

__all__ = [
    "USERS",
    "Cardinality",
    "CategoryCounts",
    "Distribution",
    "FlagCounts",
    "Summary",
    "VectorSum",
    "decode_summaries",
    "decode_summary",
    "encode_summary",
    "merge_alike",
    "merge_examples",
    "merge_signals",
    "merge_summaries",
    "summary_for",
]
