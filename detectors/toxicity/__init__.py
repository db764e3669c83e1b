"""Toxic language in texts: windows of words, a linear model and a small network over vectors."""
