"""A judge that is a text classifier in ONNX, run on this machine.

A folder as ``optimum-cli export onnx`` writes it: ``model.onnx`` (inputs ``input_ids``,
``attention_mask`` and perhaps ``token_type_ids``, int64; first output logits, a row a text) and
``tokenizer.json`` of the Hugging Face tokenizers. Nothing is downloaded.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from streams.judge.judge import Case, JudgeError, Verdict

_PARTS: Final = {
    "response": ("response",),
    "prompt": ("prompt",),
    "prompt, response": ("prompt", "response"),
    "context, response": ("context", "response"),
}


class ClassifierJudge:
    """Scores a text, or a pair of texts, by the probability of one class.

    Parameters
    ----------
    folder
        With ``model.onnx`` and ``tokenizer.json``.
    texts
        Which texts the model reads: ``response``, ``prompt``, ``prompt, response`` or
        ``context, response``.
    class_index
        The class whose probability is the score. Models of one logit: its sigmoid.
    longest
        Most tokens read; what is longer is cut by the tokenizer.

    Raises
    ------
    JudgeError
        When a package or a file is missing, or the model is of another form.
    """

    def __init__(
        self, folder: Path, *, texts: str = "response", class_index: int = 1, longest: int = 512
    ) -> None:
        onnxruntime, tokenizers = _package("onnxruntime"), _package("tokenizers")
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise JudgeError(f"judge.model_path: there is no {name} in {folder}")
        self.name = folder.resolve().name
        self._parts = _PARTS[texts]
        self._class_index = class_index
        options = onnxruntime.SessionOptions()
        # More judging at once is judge.concurrency.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # its errors may quote what it was given
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise JudgeError(
                f"judge.model_path: {folder} cannot be loaded ({type(error).__name__}): export "
                "the classifier to ONNX with its tokenizer"
            ) from error
        self._tokenizer.enable_truncation(longest)
        self._inputs = [one.name for one in self._session.get_inputs()]
        unknown = set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise JudgeError(f"judge.model_path: the model wants {', '.join(sorted(unknown))}")
        self._check()

    def judge(self, case: Case) -> Verdict:
        """The probability of the class; a failure where a text is absent or the model fails."""
        texts = [getattr(case, part) for part in self._parts]
        if not all(texts):
            return Verdict(failure="text_absent", calls=0)
        try:
            score = self._probability(texts)
        except Exception:  # onnxruntime raises classes of its own, whose messages may quote
            return Verdict(failure="model_failed")
        return Verdict(score=score) if np.isfinite(score) else Verdict(failure="not_finite")

    def close(self) -> None:
        """Nothing to let go before the process ends."""

    def _probability(self, texts: list[str]) -> float:
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        encoding = self._tokenizer.encode(*clean)
        read = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([read[name]], np.int64) for name in self._inputs}
        logits = np.asarray(self._session.run(None, feed)[0], np.float64)[0]
        if logits.size == 1:
            return float(1 / (1 + np.exp(-logits[0])))
        exponents = np.exp(logits - logits.max())
        return float(exponents[self._class_index] / exponents.sum())

    def _check(self) -> None:
        """One run, so that a model of another form is told at the start."""
        try:
            self._probability(["a"] * len(self._parts))
        except Exception as error:
            raise JudgeError(
                f"judge.model_path: {self.name} does not give logits with a class "
                f"{self._class_index} (judge.model_class): {type(error).__name__}"
            ) from error


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise JudgeError(
            f"judge.kind is classifier, which needs {name}: pip install 'tidewatch[onnx]'"
        ) from None
