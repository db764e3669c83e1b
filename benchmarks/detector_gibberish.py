"""Machine-made gibberish suffixes on plain requests, as attacks by gradients append them."""

import string
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.detector_peers import GIBBERISH, installed
from benchmarks.detector_served import prompts as events_of
from benchmarks.detector_served import served
from benchmarks.detector_task import OURS, Method, Part, Task, lengths, microseconds
from detectors.text.vocabulary import vocabulary
from training.injection.documents import rows

TITLE: Final = "Gibberish"
NOTE: Final = (
    "Plain requests (Arena-Bench, MT-Bench and self-instruct seeds, Apache-2.0; prompts.chat, "
    "CC0) against the same with a suffix: words and pieces of words drawn at random with "
    "punctuation between, as attacks by gradients end (Zou et al. 2023), or random letters and "
    "signs. The suffixes are made here (seed 11). Judged by `prompt.gibberish` as it is shipped, "
    "and by `prompt.injection`, of which it is a part."
)
_SEED: Final = 11
_SIGNS: Final = '!"#$%&()*+,-./:;<=>?@[]^_`{|}~'


def gibberish(data: Path, *, quick: bool) -> Part:
    """Judge both kinds of suffix."""
    plain = _requests(data)[:: 5 if quick else 1]
    tasks = []
    for name, kind in (("random words and pieces", "pieces"), ("random letters", "letters")):
        suffixes = gibberish_suffixes(len(plain), kind, _SEED)
        ends = zip(plain, suffixes, strict=True)
        texts = [*plain, *(f"{text} {suffix}" for text, suffix in ends)]
        labels = np.arange(len(texts)) >= len(plain)
        events = events_of(texts)
        own, whole = served("prompt.gibberish"), served("prompt.injection")
        methods = [
            Method(OURS, "score", np.nan_to_num(own(events)), microseconds(own, events)),
            Method(f"{OURS}, `prompt.injection`", "score", np.nan_to_num(whole(events))),
            Method("length", "score", lengths(texts)),
            *(peer.method(texts) for peer in ([] if quick else installed(GIBBERISH))),
        ]
        tasks.append(Task(f"suffix of {name}", labels, methods))
    return Part(TITLE, NOTE, tasks)


def gibberish_suffixes(count: int, kind: str, seed: int) -> list[str]:
    """Suffixes of random ``pieces`` of words or of random ``letters``."""
    make = {"pieces": _pieces, "letters": _letters}[kind]
    rng = Random(seed)
    return [make(rng) for _ in range(count)]


def _requests(data: Path) -> list[str]:
    found = [row["text"] for row in rows(data / "arena_bench/questions.jsonl")]
    found += [turn for row in rows(data / "mt_bench/data.jsonl") for turn in row["turns"]]
    found += [row["text"] for row in rows(data / "self_instruct_seed/data.jsonl")]
    found += [
        row["text"]
        for row in rows(data / "awesome_prompts/data.jsonl.gz")
        if row["attack_like"] != 1
    ][::3]
    return [text for text in found if any(map(str.isalpha, text))]


def _pieces(rng: Random) -> str:
    words = vocabulary().words
    parts = [words[rng.randrange(len(words))] for _ in range(rng.randint(10, 25))]
    joints = [rng.choice([" ", " ", " ", "", rng.choice(_SIGNS), f" {rng.choice(_SIGNS)} "])
              for _ in parts]  # fmt: skip
    return "".join(part + joint for part, joint in zip(parts, joints, strict=True)).strip()


def _letters(rng: Random) -> str:
    signs = string.ascii_letters + string.digits + _SIGNS
    return " ".join(
        "".join(rng.choice(signs) for _ in range(rng.randint(3, 12)))
        for _ in range(rng.randint(5, 12))
    )
