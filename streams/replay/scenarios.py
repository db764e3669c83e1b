"""Scenarios: what a user asks, the passages that hold the answer, right and wrong answers to it.

Made from the templates in ``texts/``. A pool keeps scenarios of every kind at hand and renews a
few with every chunk, so that texts never run out.
"""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from schemas.events import Context, Message, ToolCall
from streams.replay.applications import Style
from streams.replay.grammar import Binding, Grammar, Template

TEXTS = Path(__file__).parent / "texts"


class Scenario(NamedTuple):
    """A question with all its possible answers. ``wrong`` contradicts the contexts or tools."""

    topic: str
    language: str
    question: str
    history: tuple[Message, ...]
    contexts: list[str | Context]
    tools: list[ToolCall]
    right: str
    wrong: str
    context_characters: int


class Fact(NamedTuple):
    """Something asked about, written down and answered, as templates."""

    ask: list[Template]
    tell: list[Template]
    say: list[Template]
    code: list[Template]
    tool: str


class Topic(NamedTuple):
    """Facts that belong together, and sentences around them."""

    name: str
    facts: list[Fact]
    background: list[Template]


class Phrases(NamedTuple):
    """What people and assistants say around the matter itself, in one language."""

    greetings: list[str]
    signoffs: list[str]
    openers: list[str]
    closers: list[str]
    refusals: list[str]
    earlier: list[str]
    earlier_answers: list[str]
    links: list[str]
    table_head: list[str]


@cache
def phrases() -> dict[str, Phrases]:
    """Phrases by language."""
    return {code: Phrases(**entry) for code, entry in _read("common").items()}


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((TEXTS / f"{name}.yaml").read_text("utf-8"))
    return data


class Library:
    """All templates of one application in one language."""

    def __init__(self, application: str, language: str) -> None:
        data = _read(f"{application}.{language}")
        self.application = application
        self.language = language
        self.phrases = phrases()[language]
        self.grammar = Grammar(data["slots"], data["subjects"])
        self.topics = [
            self._topic(name, entry)
            for name, entry in data["topics"].items()
            for _ in range(entry.get("share", 1))
        ]

    def _topic(self, name: str, entry: dict[str, Any]) -> Topic:
        read = self.grammar.compile
        facts = [
            Fact(
                [read(t) for t in fact["ask"]],
                [read(t) for t in fact.get("tell", fact["say"])],
                [read(t) for t in fact["say"]],
                [read(t, alternatives=False) for t in fact.get("code", ())],
                fact.get("tool", ""),
            )
            for fact in entry["facts"]
        ]
        return Topic(name, facts, [read(t) for t in entry["background"]])

    def scenario(self, style: Style, size: float, rng: random.Random) -> Scenario:
        """A new scenario with about ``size`` bytes of question, contexts and answer."""
        return _Writer(self, rng).write(style, size)


class _Writer:
    """Writes one scenario. Slots bound once are kept for contexts and answer alike."""

    def __init__(self, library: Library, rng: random.Random) -> None:
        self.library = library
        self.rng = rng
        self.topic = rng.choice(library.topics)
        self.facts = rng.sample(self.topic.facts, len(self.topic.facts))

    def text(self, templates: list[Template], binding: Binding) -> str:
        return self.library.grammar.render(self.rng.choice(templates), binding, self.rng)

    def write(self, style: Style, size: float) -> Scenario:
        binding: Binding = {}
        question = self.text(self.facts[0].ask, binding)
        history = self._history()
        size -= len(question) + 40 + sum(len(message.content) for message in history)
        contexts: list[str | Context] = []
        tools: list[ToolCall] = []
        if style == "route":
            right, wrong = self._route()
        elif style == "judge":
            question, right, wrong = self._judge(question, binding, size)
        elif style == "code":
            right = wrong = self._code(binding, size)
        else:
            told = 1 + round(min(2.0, size / 900))
            facts = [(fact, binding) for fact in self.facts[:told]]
            right, wrong = self._answers(facts, 0.5 * size)
            passages = self._passages(facts, size - len(right))
            if style == "agent":
                tools = self._tools(facts[0][0], passages)
            else:
                contexts = self._contexts(passages)
        length = sum(len(c.text) for c in contexts if isinstance(c, Context))
        length += sum(len(t.result) for t in tools)
        return Scenario(
            self.topic.name,
            self.library.language,
            question,
            history,
            contexts,
            tools,
            right,
            wrong,
            length,
        )

    def _history(self) -> tuple[Message, ...]:
        if self.rng.random() < 0.8:
            return ()
        said = self.library.phrases
        return (
            Message(role="user", content=self.rng.choice(said.earlier)),
            Message(role="assistant", content=self.rng.choice(said.earlier_answers)),
        )

    def _passages(self, facts: list[tuple[Fact, Binding]], size: float) -> list[str]:
        """Passages that hold the facts, padded with background and with facts on other subjects."""
        passages = [self.text(fact.tell, binding) for fact, binding in facts]
        grammar, topics = self.library.grammar, self.library.topics
        about = grammar.subjects_of(facts[0][1])
        around: Binding = {}
        said = set(passages)
        total = sum(map(len, passages))
        for _ in range(200):
            if total >= size:
                break
            if self.rng.random() < 0.6:
                topic = self.topic if self.rng.random() < 0.7 else self.rng.choice(topics)
                other: Binding = {}
                sentence = self.text(self.rng.choice(topic.facts).tell, other)
                # Another statement on the same subject, or on none, might contradict the facts.
                if not grammar.subjects_of(other) or any(name in sentence for name in about):
                    continue
            else:
                sentence = self.text(self.topic.background, around)
            if sentence in said:
                continue
            said.add(sentence)
            at = self.rng.randrange(len(passages) + (len(passages) < 6))
            if at == len(passages):
                passages.append(sentence)
            else:
                passages[at] += " " + sentence
            total += len(sentence) + 1
        return passages

    def _contexts(self, passages: list[str]) -> list[str | Context]:
        name = f"{self.library.application}/{self.topic.name}"
        scores = sorted((self.rng.betavariate(8, 3) for _ in passages), reverse=True)
        self.rng.shuffle(passages)
        return [
            Context(
                text=text,
                id=f"{self.topic.name}-{self.rng.randrange(4000):04d}",
                source=f"{name}.md",
                score=round(score, 4),
            )
            for text, score in zip(passages, scores, strict=True)
        ]

    def _tools(self, fact: Fact, passages: list[str]) -> list[ToolCall]:
        return [
            ToolCall(
                name=fact.tool or "lookup",
                arguments=json.dumps({"query": self.topic.name, "page": page}),
                result=text,
            )
            for page, text in enumerate(passages, 1)
        ]

    def _answers(self, facts: list[tuple[Fact, Binding]], size: float) -> tuple[str, str]:
        """The same answer twice: with the values of the contexts, and with others."""
        right: list[str] = []
        wrong: list[str] = []
        for fact, binding in facts:
            say = [self.rng.choice(fact.say)]
            right.append(self.text(say, binding))
            wrong.append(self.text(say, self.library.grammar.contradict(binding, self.rng)))
            if sum(map(len, right)) > size:
                break
        shape = self.rng.random()
        return self._shape(right, shape), self._shape(wrong, shape)

    def _shape(self, sentences: list[str], shape: float) -> str:
        if len(sentences) < 2 or shape < 0.6:
            text = " ".join(sentences)
        elif shape < 0.75:
            text = "\n".join(f"- {sentence}" for sentence in sentences)
        elif shape < 0.88:
            text = "\n".join(f"{n}. {sentence}" for n, sentence in enumerate(sentences, 1))
        else:
            head = self.library.phrases.table_head
            rows = "".join(f"\n| {n} | {sentence} |" for n, sentence in enumerate(sentences, 1))
            text = f"| {head[0]} | {head[1]} |\n|---|---|{rows}"
        if shape % 0.1 < 0.015:
            link = self.library.phrases.links[0]
            text += f"\n\n{link}https://help.example.com/{self.topic.name}"
        return text

    def _route(self) -> tuple[str, str]:
        confidence = round(self.rng.betavariate(12, 2), 2)
        other = self.rng.choice(self.library.topics).name
        texts = [
            json.dumps({"route": route, "confidence": confidence})
            for route in (self.topic.name, other)
        ]
        return texts[0], texts[1]

    def _judge(self, question: str, binding: Binding, size: float) -> tuple[str, str, str]:
        facts = [(self.facts[0], binding)]
        source = " ".join(self._passages(facts, 0.7 * size))
        answer = self._answers(facts, 0)[self.rng.random() < 0.1]
        task = "Rate from 1 to 5 how well the source supports the answer."
        prompt = f"Question: {question}\nSource: {source}\nAnswer: {answer}\n{task}"
        good = json.dumps({"score": self.rng.choice((4, 5)), "reason": "All values are in it."})
        bad = json.dumps({"score": self.rng.choice((1, 2)), "reason": "Values differ."})
        return prompt, good, bad

    def _code(self, binding: Binding, size: float) -> str:
        """An explanation with its code, further tasks while there is room, and a few notes."""
        parts: list[str] = []
        for fact in self.facts:
            parts += [self.text(fact.say, binding), self.text(fact.code, binding)]
            binding = {}
            if sum(map(len, parts)) > 0.7 * size:
                break
        notes: list[str] = []
        background = self.rng.sample(self.topic.background, len(self.topic.background))
        for template in background:
            if sum(map(len, parts)) + sum(map(len, notes)) >= size:
                break
            notes.append(self.library.grammar.render(template, binding, self.rng))
        if len(notes) > 2:
            notes = ["\n".join("- " + note for note in notes)]
        return "\n\n".join([*parts, " ".join(notes)]).rstrip()
