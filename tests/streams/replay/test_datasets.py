from datetime import timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from schemas.wire import native
from streams.replay.azure_trace import FILE, AzureTrace
from streams.replay.datasets import DatasetTraffic, model_named
from streams.replay.readers import DATA_SETS
from streams.replay.simulated import Simulated

from .conftest import NOON

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"

needs_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the public data sets are not beside the repository"
)


def first_rows(traffic: DatasetTraffic, chunks: int) -> list[Simulated]:
    return [row for chunk in islice(traffic.chunks(), chunks) for row in chunk.rows]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with one data set, in its source's format, and a trace of four calls."""
    (tmp_path / "begin").mkdir()
    (tmp_path / "begin" / "begin_dev_wow.tsv").write_text(
        "model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label\n"
        'm\twow\tThe "tower is 30 m high.\tHow high?\tIt is 30 m high.\tFully attributable\n'
        "m\twow\tThe lake is 4 m deep.\tHow deep?\tIt is 9 m deep.\tNot fully attributable\n",
        encoding="utf-8",
    )
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:15:46.0000000,374,44\n"
        "2023-11-16 18:15:48.0000000,20,109\n"
        "2023-11-16 18:15:47.0000000,396,7\n"
        "2023-11-16 18:15:49.0000000,91,16\n",
        encoding="utf-8",
    )
    return tmp_path


def test_arrivals_and_tokens_are_the_trace_s_over_and_over(tiny: Path) -> None:
    rows = first_rows(DatasetTraffic(tiny, start=NOON), 2)
    times = [row.time - NOON.timestamp() for row in rows]
    assert times == pytest.approx([0, 1, 2, 3, 3.75, 4.75, 5.75, 6.75])
    assert [row.event.usage_input_tokens for row in rows] == [374, 396, 20, 91] * 2
    good = [row.event for row in rows if row.event.status == "ok"]
    tokens = {374: 44, 396: 7, 20: 109, 91: 16}
    assert all(e.usage_output_tokens == tokens[e.usage_input_tokens or 0] for e in good)


def test_rate_stretches_the_trace(tiny: Path) -> None:
    times = next(AzureTrace(tiny, rate=100.0).chunks(0.0, 10)).times
    assert times == pytest.approx([0, 0.04 / 3.75, 0.08 / 3.75, 0.12 / 3.75])


def test_labels_become_truth(tiny: Path) -> None:
    rows = first_rows(DatasetTraffic(tiny, start=NOON, unsupported=0.5), 100)
    for row in rows:
        if row.event.status == "ok":
            assert row.supported == (row.event.response == "It is 30 m high.")
    known = [row.supported for row in rows if row.supported is not None]
    assert np.mean(known) == pytest.approx(0.5, abs=0.1)


def test_what_is_missing_is_noted(tiny: Path) -> None:
    notes = " ".join(DatasetTraffic(tiny, start=NOON).notes)
    for name in {about.name for about in DATA_SETS} - {"begin"}:
        assert f"{name} is not in {tiny}: left out" in notes
    assert "begin is not" not in notes
    (tiny / FILE).unlink()
    traffic = DatasetTraffic(tiny, start=NOON)
    assert "arrivals are made up" in traffic.notes[-1]
    assert first_rows(traffic, 1)[0].event.usage_input_tokens


def test_an_empty_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        DatasetTraffic(tmp_path, start=NOON)


def test_a_model_s_speed_depends_on_its_name_alone() -> None:
    assert model_named("palm-9") == model_named("palm-9")
    assert model_named("palm-9").tokens_per_second != model_named("palm-8").tokens_per_second


@needs_data
def test_real_sets_replay_validly_and_the_same_each_time() -> None:
    traffic = DatasetTraffic(SHARED, start=NOON, seed=3)
    rows = first_rows(traffic, 12)
    assert traffic.notes == []
    encoded = [native.encode_event(row.event) for row in rows]
    for row, data in zip(rows, encoded, strict=True):
        assert native.decode_event(data) == row.event
    again = first_rows(DatasetTraffic(SHARED, start=NOON, seed=3), 12)
    assert [native.encode_event(row.event) for row in again] == encoded
    later = first_rows(DatasetTraffic(SHARED, start=NOON + timedelta(days=1), seed=3), 1)
    assert later[0].event.event_id != rows[0].event.event_id


@needs_data
def test_real_sets_all_take_part() -> None:
    rows = first_rows(DatasetTraffic(SHARED, start=NOON), 20)
    assert {row.event.labels["data_set"] for row in rows} == {a.name for a in DATA_SETS}
    assert len({row.event.request_model for row in rows}) > 15
    known = [row.supported for row in rows if row.supported is not None]
    assert 0.92 < np.mean(known) < 0.98
