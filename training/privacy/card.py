"""The privacy detector's card, written from what was measured."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from detectors.privacy.finder import find, find_by_rules
from detectors.signals.privacy import COUNTED
from training.privacy.corpus import DEVELOPED, UNSEEN, Example, corpus
from training.privacy.faker_corpus import faker_corpus
from training.privacy.judge import Score, found_spans, scores, wilson
from training.privacy.leak_rules import instance, leak_rules
from training.privacy.lookalikes import LINES
from training.privacy.name_tagger import is_judged
from training.privacy.presidio_corpus import Sentence, developed_rows, judged_sentences, sentence_of
from training.texts import texts_of

_ROOM: Final = Path(__file__).parent
_SEED: Final = 2026
_EACH: Final = 60
_INSTANCES: Final = 20
_PRESIDIO: Final = "presidio_pii/data.jsonl"
_ORDINARY: Final = (
    "arena_bench", "mt_bench", "self_instruct_seed", "clinc150", "halueval", "wiki_talk_cat",
)  # fmt: skip
_TEXTS: Final = 2500
_LONGEST: Final = 1500


def card(data: Path) -> str:
    """The card's text."""
    parts = [
        _read("card_head.md"),
        "## Generated corpus, templates looked at\n",
        *_table(_judged(corpus((*DEVELOPED, *LINES), _EACH, _SEED))),
        "\n## Generated corpus, templates not looked at\n",
        *_table(_judged(corpus((*UNSEEN, *LINES), _EACH, _SEED))),
        "\n## Values made by Faker, thirty countries\n",
        *_table(_judged([*faker_corpus(5 * _EACH, _SEED), *corpus(LINES, _EACH, _SEED)])),
        "\n## presidio_pii, templates that are judged\n",
        *_table(_presidio(judged_sentences(data / _PRESIDIO))),
        "\n## presidio_pii, templates learned from\n",
        *_table(_presidio(map(sentence_of, developed_rows(data / _PRESIDIO)))),
        "\n## Names in ordinary texts\n",
        *_ordinary(data),
        "\n## Secrets by the rules of gitleaks\n",
        *_leaks(data / "gitleaks" / "gitleaks.toml"),
    ]
    return "\n".join(parts) + "\n\n" + _read("card_tail.md")


def _judged(examples: Iterable[Example]) -> dict[str, Score]:
    made = list(examples)
    found = found_spans([one.text for one in made], find, COUNTED)
    return scores([one.spans for one in made], found)


def _presidio(some: Iterable[Sentence]) -> dict[str, Score]:
    sentences = list(some)
    found = found_spans([each.text for each in sentences], find, COUNTED)
    return scores(
        [each.spans for each in sentences],
        [each.judged(some) for each, some in zip(sentences, found, strict=True)],
    )


def _table(by_kind: dict[str, Score]) -> Iterator[str]:
    yield "| kind | spans | recall (95 %) | precision (95 %) |\n|---|---|---|---|"
    for kind, score in by_kind.items():
        spans = score.right + score.missed
        recall = _interval(score.right, spans) if spans else "–"
        precision = _interval(score.right, score.right + score.wrong)
        yield f"| {kind.lower()} | {spans} | {recall} | {precision} |"


def _interval(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{hits / total:.3f} ({low:.3f}–{high:.3f})" if total else "–"


def _ordinary(data: Path) -> Iterator[str]:
    yield "| texts | number | with a name, by rules alone | by rules and tagger |\n|---|---|---|---|"
    rng = Random(_SEED)
    for source in _ORDINARY:
        texts = [t[:_LONGEST] for t in dict.fromkeys(texts_of(data / source)) if is_judged(t)]
        texts = rng.sample(texts, min(len(texts), _TEXTS))
        named = [
            sum(
                any(kind == "PERSON" for kind, _, _ in one)
                for one in found_spans(texts, how, COUNTED)
            )
            for how in (find_by_rules, find)
        ]
        shares = " | ".join(f"{count / len(texts):.3f}" for count in named)
        yield f"| {source} | {len(texts)} | {shares} |"


def _leaks(path: Path) -> Iterator[str]:
    rng = Random(_SEED)
    rules = list(leak_rules(path))
    made = [instance(rule, rng) for rule in rules for _ in range(_INSTANCES)]
    found = found_spans([text for text, _ in made], find, COUNTED)
    hits = [
        any(kind == "SECRET" and start < s[1] and s[0] < end for kind, start, end in findings)
        for (_, s), findings in zip(made, found, strict=True)
    ]
    shares = [
        sum(hits[i * _INSTANCES : (i + 1) * _INSTANCES]) / _INSTANCES for i in range(len(rules))
    ]
    yield "| rules | number | nine of ten instances found | of all instances |\n|---|---|---|---|"
    for named, words in ((False, "a format of their own"), (True, "a service's name and a value")):
        of = [share for rule, share in zip(rules, shares, strict=True) if rule.named == named]
        mean = sum(of) / len(of)
        yield f"| {words} | {len(of)} | {sum(one >= 0.9 for one in of)} | {mean:.3f} |"
    missed = [f"`{rule.name}`" for rule, one in zip(rules, shares, strict=True) if one < 0.5]
    yield f"\nFound in fewer than half of the instances: {', '.join(missed)}."


def _read(name: str) -> str:
    return (_ROOM / name).read_text(encoding="utf-8")
