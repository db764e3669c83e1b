"""Fragments: a few words of harmless prompts, so that hardly any word alone says much.

Data sets hold sentences; people also write "goodbye", "pills", "go on". What such words weigh in
sentences is extrapolated there, from whatever sentences happen to hold them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from training.toxicity.documents import Document

FRAGMENT: Final = "fragment"
"""The note of these documents."""
_SOURCES: Final = ("clinc150", "halueval", "self_instruct_seed", "mt_bench", "arena_bench")
_LONGEST_PROMPT: Final = 60
"""Words of what is cut from; longer documents are mostly answers."""
_MOST_WORDS: Final = 4


def fragments_of(documents: Sequence[Document]) -> Iterator[Document]:
    """One stretch of one to four neighbouring words of every short document of prompts."""
    rng = np.random.default_rng(0)
    for document in documents:
        words = document.text.split()
        if document.source not in _SOURCES or not _MOST_WORDS < len(words) <= _LONGEST_PROMPT:
            continue
        length = int(rng.integers(1, _MOST_WORDS + 1))
        start = int(rng.integers(len(words) - length + 1))
        text = " ".join(words[start : start + length])
        yield replace(document, text=text, note=FRAGMENT)
