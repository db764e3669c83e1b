"""presidio-research's sentences: nothing that is judged is learnt from."""

import json
from pathlib import Path

import pytest

from training.privacy.presidio_corpus import developed_rows, judged_sentences, shape_of

SHARED = Path(__file__).parents[3] / "../shared/data/presidio_pii/data.jsonl"


def rows(path: Path, templates: int) -> None:
    """A file of three sentences from each of so many templates."""
    with path.open("w") as lines:
        for template in range(templates):
            for name in ("Ann", "Bo Berg", "Çelik"):
                text = f"{'very ' * template}good news for {name}!"
                start = text.index(name)
                spans = [["PERSON", start, start + len(name)]]
                lines.write(json.dumps({"text": text, "spans": spans}) + "\n")


def test_a_template_is_on_one_side_alone(tmp_path: Path) -> None:
    rows(tmp_path / "data.jsonl", 7)
    learnt = {shape_of(row) for row in developed_rows(tmp_path / "data.jsonl")}
    judged = [each.text for each in judged_sentences(tmp_path / "data.jsonl")]
    assert len(learnt) == 4
    assert len(judged) == 9
    assert {text.count("very ") for text in judged} == {0, 3, 6}


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared/data on this machine")
def test_the_public_file_is_parted_by_template() -> None:
    learnt = {shape_of(row) for row in developed_rows(SHARED)}
    texts = {str(row["text"]) for row in developed_rows(SHARED)}
    judged = judged_sentences(SHARED)
    assert learnt
    assert judged
    assert not texts & {each.text for each in judged}
