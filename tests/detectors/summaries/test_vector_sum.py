import numpy as np
import polars as pl
import pytest

from detectors.summaries import VectorSum


def test_mean_and_variance_are_those_of_the_vectors() -> None:
    vectors = np.random.default_rng(1).normal(size=(500, 16)).astype(np.float32)
    summary = VectorSum.empty().observe(pl.Series(vectors, dtype=pl.Array(pl.Float32, 16)))
    wide = vectors.astype(np.float64)
    assert summary.count == 500
    np.testing.assert_allclose(summary.mean, wide.mean(axis=0), atol=1e-12)
    assert summary.variance == pytest.approx(wide.var(axis=0).sum())


def test_vectors_that_are_not_known_or_not_finite_are_no_observations() -> None:
    values = pl.Series([[1.0, 2.0], None, [float("nan"), 1.0]], dtype=pl.Array(pl.Float32, 2))
    assert VectorSum.empty().observe(values) == VectorSum.empty().observe([[1.0, 2.0]])
    assert VectorSum.empty().observe([None]) == VectorSum.empty()


def test_of_different_lengths_the_longest_are_kept_in_any_order() -> None:
    short, long = ([[1.0, 1.0]], [[1.0, 2.0, 3.0]])
    a, b = VectorSum.empty().observe(short), VectorSum.empty().observe(long)
    assert a.merge(b) == b.merge(a) == b
    assert a.merge(b).merge(b) == a.merge(b.merge(b)) == b.merge(b)
