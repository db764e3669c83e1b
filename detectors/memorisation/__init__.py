"""Verbatim overlap of responses with texts that must not be recited."""
