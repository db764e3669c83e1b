"""A real ONNX model, run by the real onnxruntime."""

import sys
from pathlib import Path

import pytest

from streams.judge.classifier import ClassifierJudge
from streams.judge.judge import Case, JudgeError


def case(**texts: str) -> Case:
    return Case(event_id="e", **texts)


def test_the_score_is_the_probability_of_the_class(classifier: Path) -> None:
    judge = ClassifierJudge(classifier)
    assert judge.name == "tiny-classifier"
    scores = [judge.judge(case(response=text)).score for text in ("bad", "good", "hm", "bad good")]
    assert scores == pytest.approx([0.99966, 0.00034, 0.5, 0.5], abs=1e-4)
    other = ClassifierJudge(classifier, class_index=0)
    assert other.judge(case(response="bad")).score == pytest.approx(0.00034, abs=1e-4)


def test_pairs_and_absent_texts(classifier: Path) -> None:
    judge = ClassifierJudge(classifier, texts="prompt, response")
    assert judge.judge(case(prompt="bad", response="good")).score == pytest.approx(0.5)
    absent = judge.judge(case(response="good"))
    assert (absent.score, absent.failure, absent.calls) == (None, "text_absent", 0)


@pytest.mark.parametrize("text", ["bad " * 100_000, "\ud800", "\0", "😀"])
def test_any_text_is_taken(classifier: Path, text: str) -> None:
    assert ClassifierJudge(classifier).judge(case(response=text)).score is not None


def test_what_is_missing_is_named(
    classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(JudgeError, match=r"no model\.onnx"):
        ClassifierJudge(tmp_path)
    with pytest.raises(JudgeError, match="class 5"):
        ClassifierJudge(classifier, class_index=5)
    (classifier / "model.onnx").write_bytes(b"no model")
    with pytest.raises(JudgeError, match="cannot be loaded"):
        ClassifierJudge(classifier)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(JudgeError, match=r"pip install 'tidewatch\[onnx\]'"):
        ClassifierJudge(classifier)
