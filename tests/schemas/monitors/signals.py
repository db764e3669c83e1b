"""Signals that the tests of monitors name."""

from schemas.signals import Signal

SIGNALS = (
    Signal(name="latency", kind="amount", unit="s", description="Latency."),
    Signal(name="ttft", kind="amount", unit="s", description="Time to first token."),
    Signal(name="wait", kind="amount", unit="ms", description="Time in the queue."),
    Signal(name="cost", kind="amount", unit="{USD}", description="Cost."),
    Signal(name="tokens.output", kind="amount", unit="{token}", description="Tokens."),
    Signal(name="response.hallucination", kind="score", description="Hallucination."),
    Signal(name="availability", kind="flag", description="Available."),
    Signal(name="error", kind="flag", description="Failed."),
    Signal(name="response.truncated", kind="flag", description="Cut off."),
    Signal(name="response.empty", kind="flag", description="Empty."),
    Signal(name="response.refusal", kind="flag", description="Refused."),
    Signal(name="finish_reason", kind="category", description="Why it stopped."),
    Signal(name="prompt.embedding", kind="vector", description="Embedding."),
)
