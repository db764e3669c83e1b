"""How often Python looks for garbage."""

import gc


def collect_seldom() -> None:
    """Look through all objects hardly ever: of many segments it would hold alerts up."""
    gc.set_threshold(50_000, 20, 100)
