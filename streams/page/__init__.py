"""The process that serves the built-in page."""
