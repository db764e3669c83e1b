"""Whether the call worked, and how it ended."""

from typing import Final

import polars as pl

from detectors.expressions import ExpressionDetector
from schemas.signals import Signal

TEXT_OPERATIONS: Final = ("chat", "text_completion", "generate_content", "invoke_agent")
"""OpenTelemetry operation names whose result is a text."""

TOOL_CALL_REASONS: Final = ("tool_call", "tool_calls", "tool_use", "function_call")
"""Finish reasons of providers that mean: the model asks for a tool instead of answering."""

TRUNCATED_REASONS: Final = ("length", "max_tokens", "max_output_tokens", "model_length")
"""Finish reasons of providers that mean: the token limit cut the answer off."""

_REASON = pl.col("finish_reason").str.to_lowercase()
_RESPONSE_DUE = pl.col("operation_name").is_in(TEXT_OPERATIONS) & ~_REASON.is_in(TOOL_CALL_REASONS)
_EMPTY = pl.col("response").str.strip_chars().str.len_bytes() == 0
_OK = pl.col("status") == "ok"

detector = ExpressionDetector(
    name="outcome",
    version="1",
    computed=(
        (
            Signal(
                name="error",
                kind="flag",
                better="lower",
                description="The call failed.",
            ),
            ~_OK,
        ),
        (
            Signal(
                name="error_type",
                kind="category",
                description="What kind of failure the call ended with.",
            ),
            pl.col("error_type"),
        ),
        (
            Signal(
                name="availability",
                kind="flag",
                better="higher",
                description="The call succeeded, and its response is not empty where one is due.",
            ),
            _OK & ~(_RESPONSE_DUE & _EMPTY.fill_null(value=False)),
        ),
        (
            Signal(
                name="finish_reason",
                kind="category",
                description="Why the model stopped, as its provider reports it.",
            ),
            pl.col("finish_reason"),
        ),
        (
            Signal(
                name="response.truncated",
                kind="flag",
                better="lower",
                source="response",
                description="The token limit cut the response off, by the finish reason.",
            ),
            pl.when(_REASON != "").then(_REASON.is_in(TRUNCATED_REASONS)),
        ),
        (
            Signal(
                name="response.empty",
                kind="flag",
                better="lower",
                source="response",
                description="The response holds nothing but white space although a text is due.",
            ),
            pl.when(_RESPONSE_DUE).then(_EMPTY),
        ),
        (
            Signal(
                name="cache_hit",
                kind="flag",
                better="higher",
                description="The response came from the application's cache.",
            ),
            pl.col("cache_hit"),
        ),
        (
            Signal(
                name="retries",
                kind="amount",
                unit="{retry}",
                better="lower",
                description="How often the call was repeated before this outcome.",
            ),
            pl.col("retries"),
        ),
    ),
)
