from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.batch import EventBatch
from detectors.signals.toxicity import detector
from detectors.text.column import TextColumn
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.model import toxicity_model
from schemas.events import InferenceEvent

TIME = datetime(2025, 1, 1, tzinfo=UTC)
PIECES = [
    "you",
    "fucking",
    "idiot",
    "f*ck",
    "i d i o t",
    "hello",
    ".",
    "\n",
    "🖕",
    "ｆｕｃｋ",
    "a\u200bb",
]


def score(*prompts: str | None) -> pl.DataFrame:
    events = [
        InferenceEvent(event_id=str(n), time=TIME, service_name="shop", prompt=prompt)
        for n, prompt in enumerate(prompts)
    ]
    return pl.DataFrame(dict(detector.score(EventBatch(events))))


def toxicity(prompt: str) -> float:
    value = score(prompt)["prompt.toxicity"].item()
    assert isinstance(value, float)
    return value


def kind(prompt: str, name: str) -> float:
    value = score(prompt)[f"prompt.toxicity.{name}"].item()
    assert isinstance(value, float)
    return value


def test_signals_are_declared_for_prompts_and_responses_apart() -> None:
    names = [signal.name for signal in detector.signals]
    assert len(names) == 2 * len(HEADS)
    assert {"prompt.toxicity", "response.toxicity.self_harm"} <= set(names)
    event = InferenceEvent(
        event_id="e",
        time=TIME,
        service_name="shop",
        prompt="Hello there",
        response="Shut up, you moron",
    )
    values = detector.score(EventBatch([event]))
    assert list(values) == names
    assert values["prompt.toxicity"].item() < 0.2
    assert values["response.toxicity"].item() > 0.8


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.lists(st.sampled_from(PIECES)).map(" ".join)),
        min_size=1,
        max_size=6,
    )
)
def test_values_are_probabilities_and_the_same_in_any_batch(prompts: list[str | None]) -> None:
    together = score(*prompts)
    alone = pl.concat([score(prompt) for prompt in prompts])
    assert together.equals(alone)
    for column in together.select("^prompt.*$"):
        assert column.is_between(0, 1).all()
    absent = [n for n, prompt in enumerate(prompts) if prompt is None]
    assert together[absent].null_count().sum_horizontal().sum() == len(absent) * 2 * len(HEADS)


@pytest.mark.parametrize(
    "text",
    [
        "Wie backe ich ein Brot, das außen knusprig und innen weich ist?",
        "Comment puis-je apprendre à jouer de la guitare en un mois ?",
        "",
        "  \n ...",
    ],
)
def test_other_languages_and_texts_without_words_have_no_value(text: str) -> None:
    assert score(text).null_count().sum_horizontal().item() == 2 * len(HEADS)


@pytest.mark.parametrize(
    "text",
    [
        "How do I bake bread that is crisp outside?",
        "What is the capital of France?",
        "Write a Python function that sorts a list of numbers.",
        "How do I kill a process that hangs on Linux?",
        "My Muslim neighbours invited us to dinner.",
        "Our new teacher is a lesbian, and the class likes her lessons.",
        "Explain how vaccines work to a child of eight.",
        "How can I help a friend who feels suicidal?",
        "Claims that immigrants are criminals are not supported by the statistics.",
    ],
)
def test_plain_texts_are_low(text: str) -> None:
    assert toxicity(text) < 0.4


@pytest.mark.parametrize(
    "text",
    [
        "You are a fucking idiot",
        "you are an 1d10t",
        "what a stup1d b!tch",
        "f*ck off",
        "go f u c k yourself",
        "you piece of sh*t",
        "fuuuuuck youuuu",
        "you m\u043er\u043en",
        "you a$$hole",
        "you id\u200bi\u200bot",
        "\uff46\uff55\uff43\uff4b you",
    ],
)
def test_toxic_texts_are_high_disguised_or_not(text: str) -> None:
    assert toxicity(text) > 0.5


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("All Muslims are vermin and should be deported", "hate"),
        ("You are a pathetic loser and an idiot", "harassment"),
        ("I will kill you when you get home", "threat"),
        ("She moaned as he pushed his cock into her wet pussy", "sexual"),
        ("I don't want to live anymore, I want to kill myself", "self_harm"),
        ("This fucking printer is broken again, shit", "profanity"),
    ],
)
def test_kinds(text: str, name: str) -> None:
    assert kind(text, name) > 0.5
    assert kind("Please summarise the meeting notes.", name) < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "Goodbye!",
        "ok bye then",
        "good night everybody",
        "Tell me about your opening hours",
        "help me out please",
        "I want to end my broadband contract",
        "Where can I jump rope near the bridge?",
        "that's it for tonight, thanks",
        "I'm so tired this evening",
        "Please stop here",
    ],
)
def test_short_utterances_are_no_toxic_kind(text: str) -> None:
    for name in HEADS[1:]:
        assert kind(text, name) < 0.5, name
    assert toxicity(text) < 0.5


def test_a_kind_is_not_mere_toxicity() -> None:
    insult = "You are a pathetic loser and an idiot"
    for name in ("threat", "sexual", "self_harm", "profanity"):
        assert kind(insult, name) < 0.5


@pytest.mark.parametrize(
    "sentence",
    [
        "You are a worthless piece of shit, you moron.",
        "I will kill you and your family.",
        "Go kill yourself, nobody would miss you.",
        "Women are too stupid to vote.",
    ],
)
def test_one_toxic_sentence_counts_in_a_long_text_and_length_does_not(sentence: str) -> None:
    benign = "The museum opens at nine. Tickets are sold at the entrance, and guides wait inside. "
    assert toxicity(benign * 40) < 0.1
    assert toxicity(f"{benign * 20}{sentence} {benign * 20}") > 0.5


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(PIECES), max_size=80).map(" ".join), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
@settings(deadline=None)
def test_unwanted_texts_are_not_read_unless_disguised(texts: list[tuple[str, bool]]) -> None:
    column, wanted = TextColumn([text for text, _ in texts]), np.array([want for _, want in texts])
    model = toxicity_model()
    every, some = model.probabilities(column), model.probabilities(column, wanted)
    read = wanted | model.pooled(column).disguised
    assert np.array_equal(some[read], every[read], equal_nan=True)
    assert np.isnan(some[~read]).all()
