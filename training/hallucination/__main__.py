"""Train the model of ``response.hallucination`` and write its card.

Run as ``python -m training.hallucination [--data DIR]``.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from detectors.grounding.lexicon import Lexicon
from detectors.grounding.model import FILE, Model
from detectors.grounding.reading import Reading, read_answers
from detectors.grounding.sources import flattened
from detectors.text.column import TextColumn
from detectors.text.words import WORD_HASH_VERSION
from training.hallucination.card import write_card
from training.hallucination.corpora import NAMES, Example, lexicon_texts, read_corpora
from training.hallucination.fitting import Corpus, corpus_of, fit
from training.hallucination.judging import Judged
from training.hallucination.lexicon import build_lexicon
from training.hallucination.synthesis import synthesise
from training.hallucination.wordnet import read_wordnet
from training.tensors import write_tensors
from training.texts import DATA

MODELS: Final = Path(__file__).parents[2] / "detectors" / "models"
MADE: Final = 1500
SEED: Final = 7


def corpus(examples: Sequence[Example], lexicon: Lexicon) -> Corpus:
    """The features of examples, by the kernels that serve."""
    return corpus_of(_read(examples, lexicon), [example.label for example in examples])


def with_claims(examples: Sequence[Example], lexicon: Lexicon) -> list[Example]:
    """The examples whose answers say something that could be held against a source."""
    claims = np.diff(_read(examples, lexicon).offsets) > 0
    return [example for example, some in zip(examples, claims, strict=True) if some]


def _read(examples: Sequence[Example], lexicon: Lexicon) -> Reading:
    return read_answers(
        TextColumn([example.answer for example in examples]),
        flattened([[example.source] for example in examples]),
        lexicon.tables,
    )


def judge(real: Mapping[str, Corpus], made: Mapping[str, Corpus]) -> dict[str, Judged]:
    """Every data set scored by a model that has seen neither it nor its sources."""
    judged = {}
    for name in NAMES:
        others = [other for other in NAMES if other != name]
        model = fit({o: real[o] for o in others}, {o: made[o] for o in others})
        features, labels = real[name]
        judged[name] = Judged(model.of_pooled(features), features, labels)
    return judged


def save(model: Model, lexicon: Lexicon, path: Path) -> None:
    """Write model and lexicon."""
    tensors = {f"lexicon.{f.name}": getattr(lexicon, f.name) for f in fields(lexicon)}
    # Beyond these digits, weights differ by how a processor rounds.
    tensors["weights"] = np.concatenate([model.largest, model.mean, [model.bias]]).round(9)
    write_tensors(path, tensors, {"version": "1", "word_hash": WORD_HASH_VERSION})


def main() -> None:
    """Read the data, train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    data = parser.parse_args().data
    if not data.is_dir():
        raise SystemExit(f"no data sets in {data}: say where they are with --data")
    lexicon = build_lexicon(lexicon_texts(data), read_wordnet())
    examples = read_corpora(data)
    real = {name: corpus(found, lexicon) for name, found in examples.items()}
    made = {
        name: corpus(synthesise([e.source for e in found], MADE, SEED), lexicon)
        for name, found in examples.items()
    }
    judged = judge(real, made)
    save(fit(real, made), lexicon, MODELS / FILE)
    write_card(examples, judged)


if __name__ == "__main__":
    main()
