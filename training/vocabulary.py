"""The shared vocabulary and its word vectors, from a static embedding of word pieces.

Run as ``python -m training.vocabulary [--data DIR] [--model DIR]``. Words are those that two data
sets use, and the embedding's own whole words; a word's vector is the sum of its pieces' vectors, so
that a text's direction is that of the mean over its pieces.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from detectors.text.buffer import buffer_of
from detectors.text.words import WORD_HASH_VERSION, hash_words, words_of
from training.tensors import write_tensors
from training.texts import DATA, MODELS, texts_of

OUT: Final = Path(__file__).parents[1] / "detectors" / "models"

FEWEST_USES: Final = 4
FEWEST_SOURCES: Final = 2
MOST_CHARACTERS: Final = 24
_NOT_PROSE: Final = frozenset({"gitleaks", "llm_prices", "azure_llm_2023", "presidio_pii"})
_AT_ONCE: Final = 10_000


def count_words(data: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each word is used, and by how many data sets."""
    uses: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for folder in sorted(p for p in data.iterdir() if p.is_dir() and p.name not in _NOT_PROSE):
        found: Counter[str] = Counter()
        texts = list(texts_of(folder))
        for first in range(0, len(texts), _AT_ONCE):
            buffer = buffer_of(texts[first : first + _AT_ONCE])
            words = words_of(buffer)
            raw = buffer.data.tobytes()
            spans = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
            found.update(raw[a:b].decode().lower().replace("’", "'") for a, b in spans)
        uses.update(found)
        sources.update(found.keys())
        print(f"{folder.name}: {found.total():,} words, {len(found):,} different")
    return uses, sources


def choose_words(uses: Counter[str], sources: Counter[str], tokenizer: Tokenizer) -> list[str]:
    """The vocabulary, the most frequent first."""
    own = {word for word in tokenizer.get_vocab() if not word.startswith(("##", "["))}
    shared = {w for w, n in uses.items() if n >= FEWEST_USES and sources[w] >= FEWEST_SOURCES}
    ordered = sorted((w for w in own | shared if _is_word(w)), key=lambda w: (-uses[w], w))
    # Words that only differ in how they are written have one hash, and one row.
    _, first = np.unique(hash_words(ordered), return_index=True)
    return [ordered[place] for place in sorted(first.tolist())]


def _is_word(word: str) -> bool:
    bare = word.replace("'", "")
    if not (bare.isalpha() and len(word) <= MOST_CHARACTERS and word == word.lower()):
        return False
    found = words_of(buffer_of([word]))
    return bool(found.counts[0] == 1 and found.ends[0] - found.starts[0] == len(word.encode()))


def vectors_of(
    words: list[str], tokenizer: Tokenizer, model: Path
) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Every word's vector, rounded to int8 with a scale a row."""
    stored = load_file(model / "model.safetensors")
    pieces = stored["embedding"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
    encoded = tokenizer.encode_batch(words, add_special_tokens=False)
    vectors = np.stack([pieces[encoding.ids].sum(axis=0) for encoding in encoded])
    scale = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-6).astype(np.float16)
    rounded = np.rint(vectors / scale.astype(np.float32)[:, None])
    return np.clip(rounded, -127, 127).astype(np.int8), scale


def main() -> None:
    """Write ``vocabulary.txt`` and ``word_vectors.safetensors``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--model", type=Path, default=MODELS / "minilm-static-256")
    chosen = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(chosen.model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    uses, sources = count_words(chosen.data)
    words = choose_words(uses, sources, tokenizer)
    vectors, scale = vectors_of(words, tokenizer, chosen.model)
    covered = sum(uses[word] for word in words) / uses.total()
    print(f"{len(words):,} words, {covered:.1%} of all uses")
    (OUT / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    write_tensors(
        OUT / "word_vectors.safetensors",
        {"vectors": vectors, "scale": scale},
        {"version": "1", "word_hash": WORD_HASH_VERSION},
    )


if __name__ == "__main__":
    main()
