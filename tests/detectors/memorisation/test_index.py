"""Overlap against a plain computation, and through the detector."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.batch import EventBatch
from detectors.memorisation.index import WORDS_A_GRAM, ProtectedIndex
from detectors.signals.memorisation import detector
from detectors.text.column import TextColumn
from schemas.events import InferenceEvent

POEM = "the quick brown fox jumps over the lazy dog and runs far away from here at night"


def scored(*responses: str | None, texts: tuple[str, ...] = (POEM,)) -> pl.DataFrame:
    batch = EventBatch(
        [
            InferenceEvent(
                event_id=str(n),
                time=datetime(2025, 1, 1, tzinfo=UTC),
                service_name="shop",
                response=response,
            )
            for n, response in enumerate(responses)
        ]
    )
    return pl.DataFrame(dict(detector.protecting(ProtectedIndex(texts)).score(batch)))


def test_what_is_recited_counts_whatever_its_case_and_punctuation() -> None:
    loud = POEM.upper().replace(" ", ", ")
    half = "I was told that " + " ".join(POEM.split()[:9])
    rows = scored(POEM, loud, half, "Nothing of the kind was ever said by me today.", "Hi", None)
    assert rows["response.protected_overlap"].to_list() == pytest.approx(
        [1.0, 1.0, 2 / 6, 0.0, 0.0, None]
    )
    assert rows["response.protected_run"].to_list() == [17.0, 17.0, 9.0, 0.0, 0.0, None]


def test_no_sequence_crosses_texts() -> None:
    words = POEM.split()
    parts = (" ".join(words[:8]), " ".join(words[8:16]))
    assert len(ProtectedIndex(parts)) == 2
    assert scored(" ".join(words[4:12]), texts=parts)["response.protected_run"].to_list() == [0.0]


@pytest.mark.parametrize("texts", [(), ("too short",), ("",)])
def test_an_empty_index_finds_nothing(texts: tuple[str, ...]) -> None:
    assert scored(POEM, texts=texts)["response.protected_overlap"].to_list() == [0.0]


def test_without_an_index_the_signals_are_absent() -> None:
    batch = EventBatch(
        [InferenceEvent(event_id="e", time=datetime.now(UTC), service_name="s", response=POEM)]
    )
    assert [series.to_list() for series in detector.score(batch).values()] == [[None], [None]]


words = st.lists(st.sampled_from("abc"), max_size=60)


@given(words, words)
def test_the_same_as_by_sets(protected: list[str], response: list[str]) -> None:
    def grams(of: list[str]) -> list[tuple[str, ...]]:
        return [tuple(of[i : i + WORDS_A_GRAM]) for i in range(len(of) - WORDS_A_GRAM + 1)]

    known = set(grams(protected))
    hits = [gram in known for gram in grams(response)]
    index = ProtectedIndex([" ".join(protected)])
    share, longest = index.overlap(TextColumn([" ".join(response)]).words)
    runs = "".join("x" if hit else " " for hit in hits).split()
    assert share[0] == (sum(hits) / len(hits) if hits else 0)
    assert longest[0] == (max(map(len, runs)) + WORDS_A_GRAM - 1 if runs else 0)
