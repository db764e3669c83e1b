"""Which segments and panes every event belongs to.

Events that agree in every dimension and in the pane form a *leaf*. Everything is first grouped
into leaves, once; what a segment's pane (a *row*) holds is then the sum of a few leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array

from schemas.segments import OTHER, Segment, Segmentation

_START = "pane.start"
_EVENT = "event.index"
_EVENTS = "event.count"
_FOLDED = "segment.folded"

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Groups:
    """Events sorted into leaves, and leaves into rows.

    ``order`` holds the events' indices leaf by leaf, ``leaf_starts`` where in it each leaf starts.
    ``members`` holds the leaves row by row (a leaf is in one row of every segmentation),
    ``row_starts`` where in it each row starts. ``segments`` and ``starts`` describe the rows.
    """

    order: Ints
    leaf_starts: Ints
    members: Ints
    row_starts: Ints
    segments: list[Segment]
    starts: list[int]

    @property
    def rows(self) -> int:
        """How many segments' panes there are."""
        return len(self.segments)

    @cached_property
    def leaf_bounds(self) -> Ints:
        """Where each leaf starts in ``order``, and where the last one ends."""
        return np.append(self.leaf_starts, len(self.order))

    @cached_property
    def row_bounds(self) -> Ints:
        """Where each row starts in ``members``, and where the last one ends."""
        return np.append(self.row_starts, len(self.members))

    @cached_property
    def leaf_sizes(self) -> Ints:
        """Events by leaf."""
        return np.diff(self.leaf_bounds)

    @cached_property
    def events(self) -> list[int]:
        """Events by row."""
        counted: list[int] = np.add.reduceat(
            self.leaf_sizes[self.members], self.row_starts
        ).tolist()
        return counted

    def reduce(self, operation: np.ufunc, values: Array) -> Array:
        """Values of events (last axis, in leaf order) reduced to rows (last axis)."""
        leaves = operation.reduceat(values, self.leaf_starts, axis=-1)
        rows: Array = operation.reduceat(leaves[..., self.members], self.row_starts, axis=-1)
        return rows

    def sum_vectors(self, vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Vectors of events (in leaf order, a row each) summed to rows.

        As :meth:`reduce` does along the other axis, where ``reduceat`` is twenty times slower.
        """
        shape = (len(self.leaf_starts), len(self.order))
        leaves = csr_array(  # type: ignore[no-untyped-call]
            (np.ones(len(self.order)), np.arange(len(self.order)), self.leaf_bounds), shape=shape
        )
        rows: npt.NDArray[np.float64] = self.membership @ (leaves @ vectors)
        return rows

    @cached_property
    def leaf_of_event(self) -> Ints:
        """The leaf of every event, in leaf order."""
        return np.repeat(np.arange(len(self.leaf_starts)), self.leaf_sizes)

    @cached_property
    def rows_of_leaf(self) -> Ints:
        """The rows of every leaf: one a segmentation."""
        row = np.repeat(np.arange(self.rows), np.diff(self.row_bounds))
        by_leaf: Ints = row[np.argsort(self.members, kind="stable")]
        return by_leaf.reshape(len(self.leaf_starts), -1)

    @cached_property
    def membership(self) -> csr_array:
        """Sparse matrix of rows by leaves: 1 where the row holds the leaf."""
        ones = np.ones(len(self.members), np.int32)
        shape = (self.rows, len(self.leaf_starts))
        return csr_array((ones, self.members, self.row_bounds), shape=shape)  # type: ignore[no-untyped-call]


def group(
    frame: pl.DataFrame,
    segmentations: Sequence[Segmentation],
    *,
    pane_seconds: int,
    segment_limit: int,
) -> Groups:
    """Sort the events of ``frame`` (at least one) into leaves and rows."""
    dimensions = sorted({dimension for each in segmentations for dimension in each})
    pane_start = pl.col("time").dt.epoch("us") // (pane_seconds * 1_000_000) * pane_seconds
    leaves = (
        frame.select(pl.col(dimensions).fill_null(""), pane_start.alias(_START))
        .with_row_index(_EVENT)
        .group_by(*dimensions, _START, maintain_order=True)
        .agg(_EVENT)
        .with_columns(pl.col(_EVENT).list.len().cast(pl.Int64).alias(_EVENTS))
    )
    members: list[Ints] = []
    row_sizes: list[Ints] = []
    segments: list[Segment] = []
    starts: list[int] = []
    for each in segmentations:
        bounded = _bound(leaves.select(*each, _START, _EVENTS), each, segment_limit)
        rows = (
            bounded.with_row_index("leaf").group_by(*each, _START, maintain_order=True).agg("leaf")
        )
        members.append(rows["leaf"].explode().to_numpy())
        row_sizes.append(rows["leaf"].list.len().to_numpy())
        segments += rows.select(each).to_dicts() if each else [{} for _ in range(len(rows))]
        starts += rows[_START].to_list()
    sizes = np.concatenate(row_sizes).astype(np.int64)
    leaf_sizes = leaves[_EVENTS].to_numpy()
    return Groups(
        order=leaves[_EVENT].explode().to_numpy().astype(np.int64),
        leaf_starts=np.cumsum(leaf_sizes) - leaf_sizes,
        members=np.concatenate(members).astype(np.int64),
        row_starts=np.cumsum(sizes) - sizes,
        segments=segments,
        starts=starts,
    )


def _bound(leaves: pl.DataFrame, dimensions: Segmentation, limit: int) -> pl.DataFrame:
    """The leaves, those of segments beyond the limit with :data:`OTHER` as their dimensions.

    Segments keep their service where the services of the folded ones are within the limit too.
    """
    segments = leaves.group_by(dimensions).agg(pl.col(_EVENTS).sum()) if dimensions else leaves
    if not dimensions or len(segments) <= limit:
        return leaves
    ranked = segments.sort(_EVENTS, *dimensions, descending=[True, *(False for _ in dimensions)])
    folded = (
        ranked.select(dimensions)
        .with_row_index()
        .select(*dimensions, (pl.col("index") >= limit).alias(_FOLDED))
    )
    marked = leaves.join(folded, on=dimensions, how="left", maintain_order="left")
    replaced = set(dimensions) - {"service_name"}
    if "service_name" in dimensions:
        services = marked.filter(_FOLDED)["service_name"].n_unique()
        if not replaced or services > limit:
            replaced.add("service_name")
    return marked.with_columns(
        pl.when(_FOLDED).then(pl.lit(OTHER)).otherwise(pl.col(name)).alias(name)
        for name in sorted(replaced)
    ).drop(_FOLDED)
