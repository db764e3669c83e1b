"""What the toxicity model estimates of a text: one probability each."""

from typing import Final

KINDS: Final = ("hate", "harassment", "threat", "sexual", "self_harm", "profanity")
HEADS: Final = ("toxicity", *KINDS)
"""The model's outputs, in order: toxicity in general, then the kinds."""

LANES: Final = 8
"""Columns of the tables: a power of two, so that a row is one load; the last is not used."""
