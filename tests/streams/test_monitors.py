"""The files of a folder of monitors: which are read, and what is said of those that cannot be."""

import os
from pathlib import Path

import pytest

from streams.monitors import MonitorsError, monitor_texts


def test_yaml_and_json_are_read_in_folders_below_too(tmp_path: Path) -> None:
    names = ["a.yaml", "b.yml", "c.json", "below/d.yaml", "named.yaml/e.yaml"]
    for name in [*names, "f.txt", "g.jsonl", ".h.yaml"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    assert monitor_texts(tmp_path) == {name: name for name in names}


def test_a_mounted_config_map_holds_every_file_once(tmp_path: Path) -> None:
    kept = tmp_path / "..2026_05_01"
    kept.mkdir()
    (kept / "a.yaml").write_text("text")
    (tmp_path / "..data").symlink_to(kept.name)
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    assert monitor_texts(tmp_path) == {"a.yaml": "text"}


def test_every_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    (tmp_path / "large.yaml").write_bytes(b"#" * (1024**2 + 1))
    (tmp_path / "latin.yaml").write_bytes("# für".encode("latin-1"))
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(MonitorsError) as refused:
        monitor_texts(tmp_path)
    assert str(refused.value).splitlines() == [
        "dangling.yaml: cannot be read: No such file or directory",
        "large.yaml: larger than 1048576 bytes: split it",
        "latin.yaml: is not UTF-8 from byte 3 on: save it as UTF-8",
        "pipe.yaml: is no regular file: remove it",
    ]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with pytest.raises(MonitorsError, match=r"there is no folder .*make it"):
        monitor_texts(file)
    file.write_text("")
    with pytest.raises(MonitorsError, match=r"is a file: name the folder"):
        monitor_texts(file)
