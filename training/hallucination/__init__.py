"""Training of the hallucination detector: grounding of answers in their contexts."""
