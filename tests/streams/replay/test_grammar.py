import random

import pytest

from streams.replay.grammar import Grammar, Slot, Template
from streams.replay.scenarios import TEXTS, Library


def slots_of(template: Template) -> set[str]:
    return {part.name for part in template if isinstance(part, Slot)} | {
        name
        for part in template
        if not isinstance(part, str | Slot)
        for option in part.options
        for name in slots_of(option)
    }


@pytest.fixture
def grammar() -> Grammar:
    return Grammar({"thing": ["lamp", "tent"], "days": ["7..9"], "at": ["<days>:00"]}, ["thing"])


def test_a_slot_keeps_its_value_within_a_binding(grammar: Grammar) -> None:
    template = grammar.compile("<thing> <thing> <days> <days>")
    first, second, third, fourth = grammar.render(template, {}, random.Random(3)).split()
    assert first == second
    assert third == fourth in {"7", "8", "9"}


def test_all_alternatives_come(grammar: Grammar) -> None:
    template = grammar.compile("{a|b <thing>|}")
    texts = {grammar.render(template, {"thing": "x"}, random.Random(n)) for n in range(60)}
    assert texts == {"a", "b x", ""}


def test_contradiction_changes_all_but_the_subject(grammar: Grammar) -> None:
    for n in range(20):
        other = grammar.contradict({"thing": "lamp", "days": "8"}, random.Random(n))
        assert other["thing"] == "lamp"
        assert other["days"] != "8"


def test_braces_of_code_stay(grammar: Grammar) -> None:
    template = grammar.compile("if (x) { return <days> | <y>; }", alternatives=False)
    assert grammar.render(template, {"days": "7"}, random.Random(1)) == "if (x) { return 7 | <y>; }"


FILES = sorted(p.stem.rpartition(".")[::2] for p in TEXTS.glob("*.*.yaml"))


@pytest.mark.parametrize(("application", "language"), FILES)
def test_answers_say_nothing_that_was_not_told(application: str, language: str) -> None:
    """Otherwise a right answer would be one that its contexts do not support."""
    if application == "code-helper":
        pytest.skip("tasks have no contexts")
    library = Library(application, language)
    for topic in library.topics:
        for fact in topic.facts:
            told = set.intersection(*(slots_of(template) for template in fact.tell))
            for template in fact.say:
                assert slots_of(template) <= told
