"""Train the heads, judge them on origins left out, write the artefact and the card.

``python -m training.injection [--data DIR]``: about eight minutes on one core.
"""

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from detectors.injection.gibberish import GibberishModel
from detectors.injection.model import FILE, Head
from detectors.injection.prompts import PromptModel
from detectors.text.words import WORD_HASH_VERSION
from training.injection import contexts, corpora, gibberish, judging
from training.injection.card import card
from training.injection.fitting import fit_context, fit_prompts

ROOT: Final = Path(__file__).parents[2]


def main() -> None:
    """Train, judge and write."""
    parser = argparse.ArgumentParser(prog="python -m training.injection", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    data = parser.parse_args().data
    documents = corpora.prompt_documents(data)
    prompt, held_out = fit_prompts(documents, corpora.prompt_training)
    context = fit_context([*corpora.context_documents(data), *contexts.bipia(data)])
    odd = gibberish.gibberish_documents(data, documents, seed=0)
    blank = gibberish.without_network(gibberish.ordinary_texts(data))
    suffixes = gibberish.fit_gibberish(odd, blank)
    tensors: dict[str, NDArray[Any]] = {
        "word_hash_version": np.array([int(WORD_HASH_VERSION)], np.int32),
        **_tensors("prompt", prompt.head),
        **_view_tensors(prompt),
        **_tensors("context", context),
        **_gibberish_tensors(suffixes),
    }
    (ROOT / "detectors/models" / FILE).write_bytes(save(tensors))
    unseen = gibberish.fit_gibberish(gibberish.without_unseen(odd), blank)
    union = judging.Union(prompt.calibration, unseen)
    results = [
        *judging.judge_prompts(data, union),
        *judging.judge_overrides(data, union),
        *judging.judge_harmful(data, union),
        *judging.judge_contexts(data),
        *gibberish.judge_gibberish(data, odd, blank, unseen),
    ]
    text = card(results, held_out, prompt)
    (ROOT / "docs/models/injection.md").write_text(text, encoding="utf-8")


def _tensors(name: str, head: Head) -> dict[str, NDArray[Any]]:
    """A head as stored: the many weights in eight bits, the others in half precision."""
    return {
        f"{name}.weights": head.weights,
        f"{name}.scales": head.scales,
        f"{name}.projection": head.projection.astype(np.float16),
        f"{name}.form_weights": head.form_weights.astype(np.float16),
        f"{name}.hidden_bias": head.hidden_bias.astype(np.float16),
        f"{name}.output": head.output.astype(np.float16),
        f"{name}.pooling": head.pooling,
    }


def _view_tensors(model: PromptModel) -> dict[str, NDArray[Any]]:
    """The view as stored."""
    view = model.view
    return {
        "view.weights": view.weights,
        "view.scales": view.scales,
        "view.intercepts": view.intercepts,
        "view.hidden": view.hidden.astype(np.float16),
        "view.hidden_bias": view.hidden_bias,
        "view.output": view.output,
        "view.calibration": model.calibration,
    }


def _gibberish_tensors(model: GibberishModel) -> dict[str, NDArray[Any]]:
    """The model of gibberish as stored."""
    return {
        "gibberish.pairs": model.pairs,
        "gibberish.letters": model.letters.astype(np.float16),
        "gibberish.classes": model.classes,
        "gibberish.likelihoods": model.likelihoods.astype(np.float16),
        "gibberish.hidden": model.hidden,
        "gibberish.hidden_bias": model.hidden_bias,
        "gibberish.output": model.output,
        "gibberish.calibration": model.calibration,
    }


if __name__ == "__main__":
    main()
