import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from detectors.signals.refusal import refuses

Score = Callable[..., Mapping[str, Any]]
DATA = Path(__file__).parents[3].parent / "shared" / "data"


def test_sizes(score: Score) -> None:
    row = score(prompt="Don't panic, 日本!", response="naïve 👍👍")
    assert row["prompt.characters"] == 16
    assert row["prompt.words"] == 4
    assert row["response.characters"] == 8
    assert row["response.words"] == 3


def test_empty_texts_have_size_zero_and_no_shares(score: Score) -> None:
    row = score(prompt="", response="")
    assert row["prompt.characters"] == row["response.words"] == 0
    assert row["prompt.digits"] is None
    assert row["response.upper_case"] is None


def test_lengths_of_long_texts_are_exact(score: Score) -> None:
    row = score(prompt="né " * 100_000)
    assert row["prompt.characters"] == 300_000
    assert row["prompt.words"] == 100_000


def test_shares(score: Score) -> None:
    row = score(prompt="ÄÖ ab 12!é", response="12345")
    assert row["prompt.non_ascii"] == pytest.approx(3 / 10)
    assert row["prompt.digits"] == pytest.approx(2 / 10)
    assert row["prompt.upper_case"] == pytest.approx(2 / 5)
    assert row["prompt.punctuation"] == pytest.approx(1 / 10)
    assert row["response.digits"] == 1.0
    assert row["response.upper_case"] is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the best way to learn this?", "en"),
        ("Wie kann ich mein Passwort zurücksetzen? Ich finde die Seite nicht.", "de"),
        ("Comment puis-je réinitialiser mon mot de passe sur ce site ?", "fr"),
        ("¿Cómo puedo restablecer la contraseña de mi cuenta?", "es"),
        ("Как мне сбросить пароль от моей учётной записи?", "ru"),
        ("パスワードをリセットするにはどうすればよいですか", "ja"),
        ("كيف يمكنني إعادة تعيين كلمة المرور الخاصة بي؟", "ar"),
        ("비밀번호를 재설정하려면 어떻게 해야 하나요?", "ko"),
        ("我怎样才能重置我的密码？", "zh"),
        ("hello", "und"),
        ("12345 !!! 67890", "und"),
        ("", "und"),
    ],
)
def test_language(score: Score, text: str, language: str) -> None:
    row = score(prompt=text, response=text)
    assert row["prompt.language"] == row["response.language"] == language


SIMPLE = "The cat sat on the mat. The dog ran to the cat. They had a lot of fun. It was a good day."
HARD = (
    "Organizational transformation necessitates comprehensive interdisciplinary communication, "
    "notwithstanding considerable administrative complications, because institutional "
    "accountability requires that participants systematically demonstrate methodological rigour "
    "throughout their collaborative undertakings."
)


def test_readability_is_flesch_reading_ease(score: Score) -> None:
    # 23 words, 4 sentences, 23 syllables.
    assert score(response=SIMPLE)["response.readability"] == pytest.approx(
        206.835 - 1.015 * 23 / 4 - 84.6, abs=0.01
    )
    assert score(response=HARD)["response.readability"] < 0


def test_readability_is_absent_for_short_or_other_texts(score: Score) -> None:
    assert score(response="The cat sat on the mat.")["response.readability"] is None
    german = "Die Katze sitzt auf der Matte und schaut aus dem Fenster in den Garten. " * 3
    assert score(response=german)["response.readability"] is None


def test_repetition(score: Score) -> None:
    assert score(response=HARD)["response.repetition"] == 0
    assert score(response="one two three")["response.repetition"] == 0
    # Twelve words: seven sequences of six, of which the last is the first again.
    assert score(response="a b c d e f " * 2)["response.repetition"] == pytest.approx(1 / 7)
    assert score(response="I am here. " * 200)["response.repetition"] > 0.98
    assert score(response="很好" * 200)["response.repetition"] > 0.98


@pytest.mark.parametrize("unit", ["!", "a", "ha", "...", "00", "(\u200b", "ฉันจะตรวจสอบให้คุณ", "\n-"])
def test_loops_without_words_are_repetition(score: Score, unit: str) -> None:
    assert score(response=unit * 1000)["response.repetition"] > 0.8
    assert score(response=f"{HARD} {unit * 9000}")["response.repetition"] > 0.8


def test_long_runs_that_do_not_repeat_are_none(score: Score) -> None:
    random = Random(7)
    key = "".join(random.choices("ABCDEFGHabcdefgh0123456789+/", k=3000))
    assert score(response=f"The key is {key}.")["response.repetition"] == 0
    rule = "| Name | Price |\n|" + "-" * 60 + "|" + "-" * 60 + "|\n| Tea | 3 |"
    assert score(response=rule)["response.repetition"] == 0


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Why?", True),
        ("Is it so? I wonder.", True),
        ("お元気ですか？", True),
        ("See https://x.org/a?b=1", False),
        ("Tell me.", False),
    ],
)
def test_question(score: Score, text: str, question: bool) -> None:
    assert score(prompt=text)["prompt.has_question"] is question


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Use this:\n```\nx = 1\n```", True),
        ("def f(x):\n    return x", True),
        ("import numpy as np\nimport os\n", True),
        ("#include <stdio.h>\nint main() {}", True),
        ("<p>Hello</p>", True),
        ("SELECT name FROM users WHERE id = 1;", True),
        ("const x = 5;", True),
        ("Please select one from the menu; the class starts at nine.", False),
        ("Import duties are high. Let me define the function of taxes.", False),
    ],
)
def test_code(score: Score, text: str, code: bool) -> None:
    row = score(prompt=text, response=text)
    assert row["prompt.has_code"] is row["response.has_code"] is code


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Buy:\n- milk\n- eggs", True),
        ("1. First, mix.\nStir well.\n\n2. Then bake.", True),
        ("- only one", False),
        ("It rose by 3 - 4 points. 5. place", False),
    ],
)
def test_list(score: Score, text: str, listed: bool) -> None:
    assert score(response=text)["response.has_list"] is listed


def test_url(score: Score) -> None:
    assert score(response="see https://example.org")["response.has_url"] is True
    assert score(response="see www.example.org")["response.has_url"] is True
    assert score(response="see http and www")["response.has_url"] is False


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I'm sorry, but I can’t assist with that request.", True),
        ("I CANNOT HELP WITH that.", True),
        ("Sorry, but I can't. However, I can offer general tips.", True),
        ("I cannot browse. However, here is what I know. " + "It is a long story. " * 30, False),
        ("Sure! Here is how: " + "step " * 100 + "I cannot provide more.", False),
        ("Paris is the capital of France.", False),
        ("", False),
    ],
)
def test_refusal(score: Score, text: str, refused: bool) -> None:
    assert score(response=text)["response.refusal"] is refused


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the public data sets in ../shared/data")
def test_refusals_of_public_answers() -> None:
    with gzip.open(DATA / "gptfuzz_responses" / "data.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    held_out = pl.DataFrame([row for row in rows if row["split"] == "evaluate"])
    flagged = refuses(held_out["text"])
    harmless = held_out["label"] == 0
    # Many answers refuse in one voice and comply in another, and are labelled harmful.
    assert (flagged & harmless).sum() / flagged.sum() > 0.70
    assert (flagged & harmless).sum() / harmless.sum() > 0.70
    with gzip.open(DATA / "coconot" / "pref.jsonl.gz", "rt", encoding="utf-8") as lines:
        answers = pl.Series([json.loads(line)["chosen"] for line in lines])
    assert refuses(answers).mean() < 0.03  # type: ignore[operator]


def test_another_script_is_never_taken_for_an_undetermined_one(score: Score) -> None:
    """Characters in no order speak no language plainly, and English least of all."""
    shuffled = "谢货收到如果东退了坏能问请款包什么时候以可谢裹不西" * 3
    found = score(prompt=shuffled)
    assert found["prompt.language"] not in {"und", "en"}
