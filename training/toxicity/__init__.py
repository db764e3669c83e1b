"""Training of the toxicity model; ``python -m training.toxicity``."""
