"""Marks may promise too much, never too little."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from detectors.signals import form
from detectors.text import marks
from detectors.text.column import TextColumn

_PIECES = st.sampled_from(
    [
        *("def f(x):", "class A:", "import os", "from a import b", "#include <a>", "let x = 1"),
        *("function f() {", "fn f(", "const a;", "</b>", "SELECT a FROM b;", "{", "}", "f(x);"),
        *("```", "- one", "* two", "1. three", "2) four", "• five", "http://a", "https://b.test"),
        *("www.a.test", "Really?", "¿qué?", "？", "?x", "\n", "\n\n", " ", "\t", "word", "é"),
    ]
)
_PATTERNS = {
    marks.CODE: form.CODE.replace("(?m)", ""),
    marks.ITEMS: form.LIST.replace("(?m)", ""),
    marks.LINK: form.URL,
    marks.QUESTION: form.QUESTION.replace(r"\x{FF1F}\x{061F}\x{037E}", "\uff1f\u061f\u037e"),
}


@given(st.lists(_PIECES, max_size=8).map("".join))
@example("- one\ntext\n- two")
@example("  fn f(")
def test_whatever_matches_is_marked(text: str) -> None:
    found = int(TextColumn([text]).marks[0])
    for mark, pattern in _PATTERNS.items():
        if re.search(pattern, text, re.MULTILINE):
            assert found & mark, (mark, text)


def test_plain_sentences_have_no_marks() -> None:
    texts = ["One word, then another. And (this)!", "", None, "Costs 3.50 (or so)\nand more"]
    assert TextColumn(texts).marks.tolist() == [0, 0, 0, 0]
