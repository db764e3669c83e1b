"""Train the toxicity model: ``python -m training.toxicity [--data DIR]``."""

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import word_vectors
from detectors.toxicity.model import FILE, ToxicityModel
from training.texts import DATA
from training.toxicity.artefact import parameters_of, save
from training.toxicity.calibration import calibrate, score_unseen
from training.toxicity.card import write_card
from training.toxicity.documents import documents_of, profane_words
from training.toxicity.examples import disguises_of, examples_of
from training.toxicity.fitting import fit
from training.toxicity.words import disguisable, with_loose_labels

ROOT: Final = Path(__file__).parents[2]


def main() -> None:
    """Train, write the model, and the card beside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public data sets")
    data = parser.parse_args().data
    documents = with_loose_labels(documents_of(data))
    rows = {word: row for row, word in enumerate(vocabulary().words)}
    disguises = disguises_of(disguisable(profane_words(data)), rows)
    examples = examples_of([document.text for document in documents], disguises, len(rows))
    vectors = word_vectors()
    unseen = score_unseen(documents, examples, vectors)
    calibration = calibrate(documents, unseen)
    fitted = fit(documents, examples, np.ones(len(documents), np.bool_), vectors)
    parameters = parameters_of(fitted, disguises, calibration, len(rows))
    save(parameters, ROOT / "detectors" / "models" / FILE)
    card = ROOT / "docs" / "models" / "toxicity.md"
    write_card(card, documents, unseen, ToxicityModel(parameters))


if __name__ == "__main__":
    main()
