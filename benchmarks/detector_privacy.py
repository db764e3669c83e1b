"""Personal data and secrets: whole texts and single findings, beside peers."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.detector_privacy_peers import PRIVACY, SpanPeer
from benchmarks.detector_served import prompts, served
from benchmarks.detector_task import OURS, Method, Part, Task, lengths, microseconds
from benchmarks.page import Results
from detectors.privacy.finder import find
from training.privacy import corpus
from training.privacy.judge import Score, Span, found_spans, scores, wilson
from training.privacy.leak_rules import instance, leak_rules
from training.privacy.presidio_corpus import Sentence, judged_sentences

TITLE: Final = "Personal data and secrets"
NOTE: Final = (
    "Formats, checksums and words nearby; names of persons by a small tagger as well, which is "
    "trained. Positives are texts with personal "
    "data or a secret, the others hold what only looks like it (order numbers, hashes, versions,"
    " coordinates …), all made from templates in several languages (`training.privacy`): "
    "*unseen* templates were written before the detector first ran on them, *developed* ones "
    "were looked at. The secrets are made from gitleaks' rules (MIT), which the detector was "
    "extended by; some of them are told by a provider's name alone. Presidio runs its patterns "
    "without a language model; detect-secrets looks for secrets only, and scrubadub for few "
    "kinds."
)
_SPANS: Final = (
    "Single findings: one is right when it is of the span's kind and they share half of it; with"
    " 95 % intervals (Wilson). Of presidio-research's synthetic sentences (MIT; names "
    "CC-BY-SA-3.0 US) those of every third template are judged, and the tagger of names learns "
    "from the others: no template is on both sides. Parts of an address that stand together are "
    "one, in quoted lines too; a title alone is no name. Only a street makes an address: a city, "
    "a country or a code alone is neither right nor wrong. A method is judged by the kinds it has."
)
_EACH: Final = 15
_SEED: Final = 5
_SURE: Final = 0.5
Texts = Sequence[str]
Finder = Callable[[Texts], list[list[Span]]]


def privacy(data: Path, *, quick: bool) -> Part:
    """Judge texts and findings."""
    each = 3 if quick else _EACH
    made = {
        "unseen templates": list(corpus.corpus(corpus.UNSEEN, each, _SEED)),
        "developed templates": list(corpus.corpus(corpus.DEVELOPED, each, _SEED)),
    }
    peers = [] if quick else [peer for peer in PRIVACY if peer.there]
    tasks = []
    for name, examples in made.items():
        labels = np.array([bool(example.spans) for example in examples])
        tasks.append(_task(name, [example.text for example in examples], labels, peers))
    clean = [e.text for examples in made.values() for e in examples if not e.spans]
    secrets = _secrets(data, 1 if quick else 2)
    tasks.append(
        _task(
            "secrets of gitleaks' rules",
            [*secrets, *clean],
            np.arange(len(secrets) + len(clean)) < len(secrets),
            peers,
        )
    )
    sentences = judged_sentences(data / "presidio_pii/data.jsonl")[:: 7 if quick else 1]
    unseen = [Sentence(e.text, tuple(e.spans), ()) for e in made["unseen templates"]]
    labelled = {"presidio-research": sentences, "unseen templates": unseen}
    rows = [row for name, found in labelled.items() for row in _span_rows(name, found, peers)]
    columns = ("corpus", "kind", "spans", "method", "recall", "precision")
    return Part(TITLE, NOTE, tasks, (Results("Single findings", columns, rows, _SPANS),))


def _task(name: str, texts: Texts, labels: np.ndarray, peers: Iterable[SpanPeer]) -> Task:
    events = prompts(texts)
    score = served("prompt.pii")
    methods = [
        Method(OURS, "probability", np.nan_to_num(score(events)), microseconds(score, events)),
        Method("length", "score", lengths(texts)),
        *(peer.method(texts) for peer in peers),
    ]
    return Task(name, labels, methods)


def _secrets(data: Path, each: int) -> list[str]:
    rng = Random(_SEED)
    rules = list(leak_rules(data / "gitleaks/gitleaks.toml"))
    return [instance(rule, rng)[0] for rule in rules for _ in range(each)]


def _span_rows(
    name: str, labelled: Sequence[Sentence], peers: Iterable[SpanPeer]
) -> Iterable[list[str]]:
    texts = [each.text for each in labelled]
    known = [each.spans for each in labelled]
    methods: dict[str, tuple[Finder, frozenset[str] | None]] = {
        f"**{OURS}**": (lambda some: found_spans(some, find, _SURE), None)
    }
    methods |= {peer.name: (peer.find, peer.kinds) for peer in peers}
    found = {method: (find_in(texts), kinds) for method, (find_in, kinds) in methods.items()}
    there = sorted({kind for kind, _, _ in chain.from_iterable(known)})
    judged = {
        method: (
            scores(known, [e.judged(some) for e, some in zip(labelled, findings, strict=True)]),
            kinds,
        )
        for method, (findings, kinds) in found.items()
    }
    for kind in there:
        for method, (by_kind, kinds) in judged.items():
            if kinds is None or kind in kinds:
                yield [name, kind.lower(), *_cells(method, by_kind[kind])]


def _cells(method: str, score: Score) -> list[str]:
    spans, findings = score.right + score.missed, score.right + score.wrong
    low, high = wilson(score.right, spans)
    recall = f"{score.recall:.3f} ({low:.3f}–{high:.3f})"
    low, high = wilson(score.right, findings)
    precision = f"{score.precision:.3f} ({low:.3f}–{high:.3f})" if findings else ""
    return [f"{spans:,}", method, recall, precision]
