"""The heart of ``watch``: panes in, windows and alerts out, state as puts. No I/O, no clock."""
