"""Suffixes of letters and signs without words: characters, keys side by side, codes, scripts."""

import random
import string
from collections.abc import Callable
from typing import Final

Noise = Callable[[random.Random], str]

_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl;", "zxcvbnm,./", "1234567890-=")
_SCRIPTS: Final = ((0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A),
    (0x904, 0x939), (0x3041, 0x30FE), (0x4E00, 0x62FF), (0x2190, 0x27BF), (0x1F300, 0x1F5FF),
)  # fmt: skip
"""Code points that noise is drawn from."""


def of_characters(rng: random.Random) -> str:
    """Letters, digits and often marks at random."""
    signs = string.ascii_letters + string.digits + rng.choice(["", string.punctuation])
    longest = rng.randint(5, 12)
    runs = (
        "".join(rng.choices(signs, k=rng.randint(2, longest))) for _ in range(rng.randint(6, 20))
    )
    return " ".join(runs)


def of_keys(rng: random.Random) -> str:
    """Keys that lie beside one another, as fingers fall on them."""
    runs = []
    for _ in range(rng.randint(7, 18)):
        row, at = rng.choice(_KEYBOARD[:3]), rng.randrange(5)
        near = row[at : at + 6] + rng.choice(["", rng.choice(_KEYBOARD)[at : at + 3]])
        runs.append("".join(rng.choices(near, k=rng.randint(2, 9))))
    return " ".join(runs)


def of_codes(rng: random.Random) -> str:
    """Runs like those of hashes and encodings."""
    signs = rng.choice([string.hexdigits, string.ascii_letters + string.digits + "+/"])
    glue = rng.choice(["-", "=", " ", " ", "."])
    runs = ("".join(rng.choices(signs, k=rng.randint(4, 16))) for _ in range(rng.randint(8, 16)))
    return "".join(
        run + rng.choice([glue, " ", rng.choice(string.punctuation)]) for run in runs
    ).strip()


def of_scripts(rng: random.Random) -> str:
    """Signs of many scripts."""
    runs = []
    for _ in range(rng.randint(7, 16)):
        first, last = rng.choice(_SCRIPTS)
        runs.append("".join(chr(rng.randint(first, last)) for _ in range(rng.randint(1, 6))))
    return " ".join(runs)
