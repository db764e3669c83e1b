"""Signals: a module a theme, each with a ``detector``. Adding a module here is all it takes."""
