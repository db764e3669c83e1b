"""The bytes of a file of tensors."""

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from training.tensors import write_tensors

TENSORS = {"b": np.arange(6, dtype=np.int8).reshape(2, 3), "a": np.array([0.5], np.float32)}
METADATA = {"version": "1", "heads": "höflich hate", "word_hash": "7"}


def test_the_same_tensors_are_the_same_bytes(tmp_path: Path) -> None:
    """Written in any order, any number of times."""
    path, found = tmp_path / "m.safetensors", set()
    for _ in range(20):
        write_tensors(path, TENSORS, METADATA)
        found.add(path.read_bytes())
    assert len(found) == 1


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """By the library itself."""
    path = tmp_path / "m.safetensors"
    write_tensors(path, TENSORS, METADATA)
    loaded = load_file(path)
    assert loaded.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        np.testing.assert_array_equal(loaded[name], value)
        assert loaded[name].dtype == value.dtype
