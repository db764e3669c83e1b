"""Prompt injection: attacks in prompts, in contexts and in results of tools, leaks, gibberish."""
