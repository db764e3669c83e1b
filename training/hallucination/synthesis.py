"""Examples made of clean sources: sentences taken over and reworded, half of them falsified."""

import random
from collections.abc import Sequence
from typing import Final

from training.hallucination.corpora import Example
from training.hallucination.edits import COARSE, FINE, KEEPING
from training.hallucination.sentence_words import Document, Words, sentences_of

FINE_SHARE: Final = 0.8
_ATTEMPTS: Final = 12
_STRANGE: Final = 12


def synthesise(sources: Sequence[str], count: int, seed: int) -> list[Example]:
    """Make so many examples of one to three sentences each.

    A falsified answer has one falsified sentence; all sentences of both kinds are reworded.
    """
    rng = random.Random(seed)
    read = [(source, sentences_of(source)) for source in sorted(set(sources))]
    read = [(source, sentences) for source, sentences in read if sentences]
    pool = [words for _, sentences in read for words in sentences]
    made: list[Example] = []
    while len(made) < count:
        source, sentences = rng.choice(read)
        others = rng.sample(pool, min(_STRANGE, len(pool)))
        unlike = [words for words in others if words not in sentences] or [rng.choice(pool)]
        document = Document(source, sentences, unlike)
        chosen = rng.sample(sentences, min(rng.choice((1, 1, 1, 2, 3)), len(sentences)))
        answer = [_reworded(words, rng, document) for words in chosen]
        label = rng.randrange(2)
        if label and not _falsify(answer, rng, document):
            continue
        text = " ".join(_ended(words) for words in answer)
        made.append(Example(source, "", text.lower() if rng.random() < 0.3 else text, label))
    return made


def _reworded(words: Words, rng: random.Random, document: Document) -> Words:
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        words = rng.choice(KEEPING)(words, rng, document) or words
    return words


def _falsify(answer: list[Words], rng: random.Random, document: Document) -> bool:
    """Falsify one sentence in its place; whether an edit was found."""
    at = rng.randrange(len(answer))
    for _ in range(_ATTEMPTS):
        edit = rng.choice(FINE if rng.random() < FINE_SHARE else COARSE)
        words = edit(answer[at], rng, document)
        if words and words != answer[at]:
            answer[at] = words
            return True
    return False


def _ended(words: Words) -> str:
    text = " ".join(words)
    return text if text[-1:] in ".!?" else text + "."
