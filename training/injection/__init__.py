"""Training of the detectors of prompt injection, leaked system prompts and gibberish."""
