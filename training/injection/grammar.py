"""Sentences from templates: slots in braces are filled at random, again and again."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

Slots = Mapping[str, Sequence[str]]

_SLOT: Final = re.compile(r"\{([a-z_]+)\}")


def fill(template: str, slots: Slots, rng: random.Random) -> str:
    """One sentence of a template.

    Raises
    ------
    KeyError
        When the template names a slot that is not there.

    Examples
    --------
    >>> fill("{greeting}, {who}", {"greeting": ["Hello"], "who": ["dear {name}"], "name": ["Ann"]},
    ...      random.Random(0))
    'Hello, dear Ann'
    """
    while _SLOT.search(template):
        template = _SLOT.sub(lambda match: rng.choice(slots[match[1]]), template)
    return template


def sentences(templates: Sequence[str], slots: Slots, count: int, rng: random.Random) -> list[str]:
    """Up to ``count`` different sentences, templates taking turns."""
    found: dict[str, None] = {}
    for turn in range(count * 4):
        found[fill(templates[turn % len(templates)], slots, rng)] = None
        if len(found) == count:
            break
    return list(found)
