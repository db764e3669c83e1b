"""Whose embeddings events have: those that do not compare have different names."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.events import Embeddings


@pytest.mark.parametrize(
    ("given", "model"),
    [
        (None, "tidewatch/words-1"),
        (Embeddings(model="small-3", prompt=[0.6, 0.8]), "small-3 (2 dimensions)"),
        (Embeddings(model="small-3", prompt=[0.6, 0.8, 0.0]), "small-3 (3 dimensions)"),
        (Embeddings(model="m", response=[1.0], contexts=[[1.0]]), "m (1 dimensions)"),
        (Embeddings(model="m", prompt=[1.0], response=[0.6, 0.8]), "m (1 and 2 dimensions)"),
        (Embeddings(model="m", prompt=[]), "m"),
    ],
)
def test_the_model_is_told_with_the_length(
    score: Callable[..., Any], given: Embeddings | None, model: str
) -> None:
    """Vectors of any length are projected to one: they compare only where it was the same."""
    assert score(prompt="Where is my parcel?", embeddings=given)["embedding.model"] == model
