"""Drift: how far summaries of the present lie from those of a reference, and how surely."""
