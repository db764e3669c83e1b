"""Train the toxicity model: ``python -m training.toxicity [--data DIR]``."""

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from detectors.text.word_vectors import word_vectors
from detectors.toxicity.model import FILE, ToxicityModel
from training.texts import DATA
from training.toxicity.artefact import parameters_of, save
from training.toxicity.calibration import calibrate, score_unseen
from training.toxicity.card import write_card
from training.toxicity.fitting import fit
from training.toxicity.judging import corpus_of, judge

ROOT: Final = Path(__file__).parents[2]
SEED: Final = 1
"""Chosen among four by what of our batteries of short harmless texts is called toxic."""


def main() -> None:
    """Train, write the model, and the card beside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public data sets")
    data = parser.parse_args().data
    if not data.is_dir():
        parser.error(f"{data} is no folder: name that of the public data sets with --data")
    corpus = corpus_of(data)
    documents, vectors = corpus.documents, word_vectors()
    unseen = score_unseen(documents, corpus.examples, vectors)
    fitted = fit(documents, corpus.examples, np.ones(len(documents), np.bool_), vectors, SEED)
    calibration = calibrate(documents, unseen)
    parameters = parameters_of(fitted, corpus.disguises, calibration, len(vectors))
    save(parameters, ROOT / "detectors" / "models" / FILE)
    card = ROOT / "docs" / "models" / "toxicity.md"
    write_card(card, judge(documents, unseen, data), ToxicityModel(parameters))


if __name__ == "__main__":
    main()
