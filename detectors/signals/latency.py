"""How long the model took, and how fast it wrote."""

import polars as pl

from detectors.expressions import ExpressionDetector
from schemas.signals import Signal

_LATENCY = pl.col("latency_seconds")
_FIRST_TOKEN = pl.col("time_to_first_token_seconds")
# Without a stream there is no first token apart: the whole latency went into the answer.
_WRITING = _LATENCY - _FIRST_TOKEN.fill_null(0.0)

detector = ExpressionDetector(
    name="latency",
    version="1",
    computed=(
        (
            Signal(
                name="latency",
                kind="amount",
                unit="s",
                better="lower",
                description="Time from the request to the complete response.",
            ),
            _LATENCY,
        ),
        (
            Signal(
                name="ttft",
                kind="amount",
                unit="s",
                better="lower",
                description="Time from the request to the first token of the response.",
            ),
            _FIRST_TOKEN,
        ),
        (
            Signal(
                name="tokens_per_second",
                kind="amount",
                unit="{token}/s",
                better="higher",
                description="Output tokens per second after the first token, or of the whole "
                "latency where the first token's time is not known.",
            ),
            pl.when(_WRITING > 0).then(pl.col("usage_output_tokens") / _WRITING),
        ),
    ),
)
