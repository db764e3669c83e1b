"""What the inference consumed: tokens and money."""

import polars as pl

from detectors.expressions import ExpressionDetector
from schemas.signals import Signal


def _tokens(name: str, description: str) -> Signal:
    return Signal(name=f"tokens.{name}", kind="amount", unit="{token}", description=description)


detector = ExpressionDetector(
    name="usage",
    version="1",
    computed=(
        (_tokens("input", "Tokens the model read."), pl.col("usage_input_tokens")),
        (_tokens("output", "Tokens the model wrote."), pl.col("usage_output_tokens")),
        (
            _tokens("cached", "Input tokens that came from the provider's prompt cache."),
            pl.col("usage_cache_read_input_tokens"),
        ),
        (
            _tokens("reasoning", "Output tokens spent on reasoning that is not shown."),
            pl.col("usage_reasoning_output_tokens"),
        ),
        (
            Signal(
                name="cost",
                kind="amount",
                unit="{USD}",
                better="lower",
                description="What the inference cost, in US dollars.",
            ),
            pl.col("cost_usd"),
        ),
    ),
)
