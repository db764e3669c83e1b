"""Checks of a running Tidewatch: what is wrong, and what to do about it."""
