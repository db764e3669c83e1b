import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.detector_gibberish import gibberish_suffixes
from benchmarks.detector_peers import Peer, installed, missing
from benchmarks.detector_task import COLUMNS, OURS, Method, Part, Task, lengths, microseconds

LABELS = np.arange(40) >= 20


def scores(shift: float) -> NDArray[np.float64]:
    return np.clip(np.linspace(0, 0.4, 40) + shift * LABELS, 0, 1)


def test_a_row_for_every_method_with_what_its_scores_can_show() -> None:
    methods = [
        Method(OURS, "probability", scores(0.55), 12.3),
        Method("ranking", "score", scores(0.0) * 900, 4.56),
        Method("list", "flag", (scores(0.55) > 0.7).astype(float)),
    ]
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in Task("somewhere", LABELS, methods).table()
    ]
    ours, ranking, flags = rows
    assert ours["method"] == "**Tidewatch**"
    assert ours["positives + others"] == "20 + 20"
    assert ours["AUROC"] == "1.000 (1.000–1.000)"
    assert ours["µs a text"] == "12"
    assert ranking["µs a text"] == "4.6"
    assert ranking["balanced accuracy"] == ranking["ECE"] == ""
    assert flags["ECE"] == flags["µs a text"] == ""
    assert flags["balanced accuracy"].startswith("1.000")


def test_a_method_with_too_few_positives_of_its_own_is_left_out() -> None:
    some = np.arange(10, 40)
    slow = Method("slow", "score", scores(0.5)[some], rows=some)
    few = Method("few", "score", scores(0.5)[:30], rows=np.arange(30))
    assert [row[1] for row in Task("somewhere", LABELS, [slow, few]).table()] == []
    wider = np.arange(5, 40)
    kept = Method("kept", "score", scores(0.5)[wider], rows=wider)
    assert [row[1] for row in Task("somewhere", LABELS, [kept]).table()] == ["20 + 15"]


def test_a_part_is_a_table_of_the_page() -> None:
    task = Task(
        "somewhere", LABELS, [Method("length", "score", lengths(["a" * n for n in range(40)]))]
    )
    (table,) = Part("Title", "Note.", [task]).results()
    text = table.markdown()
    assert text.startswith("### Title\n\nNote.\n\n| left out | positives + others | method |")
    assert "| somewhere | 20 + 20 | length | 1.000 (1.000–1.000) |" in text


def test_a_peer_that_is_not_installed_is_named() -> None:
    absent = Peer("no-such-package-anywhere", "flag", lambda: lengths)
    there = Peer("numpy", "score", lambda: lengths)
    assert installed([absent, there]) == [there]
    assert missing([absent, there]) == ["no-such-package-anywhere"]
    slow = Peer("numpy", "score", lambda: lengths, most=3)
    method = slow.method(["a" * n for n in range(9)])
    assert method.rows is not None
    assert method.scores.tolist() == method.rows.tolist()


def test_time_is_positive_however_little() -> None:
    assert microseconds(lambda texts: [text.upper() for text in texts], ["text"] * 400) > 0


def test_suffixes_are_repeatable_and_unlike() -> None:
    made = gibberish_suffixes(20, "pieces", seed=3)
    assert made == gibberish_suffixes(20, "pieces", seed=3)
    assert len(set(made)) == 20
    assert all(len(suffix.split()) >= 3 for suffix in gibberish_suffixes(20, "letters", seed=3))


def test_an_unknown_suffix_is_refused() -> None:
    with pytest.raises(KeyError, match="vowels"):
        gibberish_suffixes(1, "vowels", seed=0)
