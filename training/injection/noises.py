"""Suffixes of letters and signs without words: characters, keys, codes, scripts, syllables, code."""

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


_ONSETS: Final = (
    *"bcdfghjklmnpqrstvwxyz", "bl", "br", "ch", "cl", "cr", "dr", "fl", "gl", "gr", "kn", "ph",
    "pl", "pr", "qu", "sch", "sh", "sk", "sl", "sn", "st", "str", "th", "tr", "tw", "wr", "zh",
)  # fmt: skip
_NUCLEI: Final = (*"aeiouy", "ai", "au", "ea", "ee", "ei", "ie", "io", "oo", "ou", "ue")
_CODAS: Final = ("", "", "", *"bdgklmnprstxz", "ck", "ft", "ld", "ng", "nt", "rk", "rt", "sh", "ss")
_OPENED: Final = (
    "</div>", "<br/>", "}};", "});", "\\begin{", "\\frac{", "\\textbf", "0x1f", "&&", "||", "=>", "->",
    "[i]", "[:-1]", "::new", "#include", "$_POST[", "%s", "%d\\n", ".map(", ".append(", "??", "-->",
    "<!--", "\\u00e9", "@media", "self.", "null,", "true}", "NaN", "();", "==", "!=", "+=", "i++", "{{",
    "}}", "${", "`;", "#!/bin", "/*", "*/", "//", "\\\\", "<?php", "?>", "std::", "printf(", "=\"", "\">",
    "(?:", ")+", "[^", "\\d{2}", "SELECT", "WHERE", "JOIN", "def", "elif", "endfor", "fi;", "esac", "~/",
    "./", "../", "--help", "-rf", "2>&1", "|grep", "http://", ".com/", "&amp;", "&nbsp;", "xmlns:",
    "@Override", "@param", "async", "await", "yield", "lambda", "struct", "enum", "goto", "int*",
)  # fmt: skip


def of_syllables(rng: random.Random) -> str:
    """Words that could be said and are none."""
    made = []
    for _ in range(rng.randint(9, 22)):
        parts = range(rng.choice([1, 1, 2, 2, 3, 4]))
        word = "".join(
            rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) for _ in parts
        )
        made.append(rng.choice([word, word, word, word.capitalize()]))
    return rng.choice([" ", " ", " ", ", ", "-"]).join(made)


def of_code(rng: random.Random) -> str:
    """Pieces of markup and of programs in many languages, in no order."""
    made = ""
    for _ in range(rng.randint(9, 20)):
        piece = rng.choice(_OPENED)
        if rng.random() < 0.35:
            piece = "".join(rng.choices(string.ascii_letters, k=rng.randint(2, 7)))
        made += piece + rng.choice(["", " ", " ", " "])
    return made.strip()
