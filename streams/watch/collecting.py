"""How often Python looks for garbage."""

import gc


def collect_seldom() -> None:
    """Look through all objects hardly ever: of many segments it would hold alerts up.

    What is new is looked through twice, soon: saved up, it would make one moment long.
    """
    gc.set_threshold(50_000, 2, 1000)
