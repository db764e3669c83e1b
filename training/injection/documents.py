"""What is trained on and judged: texts with labels, where they come from, and what they share."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Document:
    """A labelled text.

    Attributes
    ----------
    text
        The text.
    attack
        Whether it is an attack, or holds one.
    origin
        The data set, or the generator.
    group
        What must not be divided between training and judging: near-duplicates, one context.
    span
        Where the attack is, in characters; None where that is not known.
    weight
        Of the document in training.
    harmful
        Whether it plainly asks for something harmful.
    kind
        The kind of attack, where that is known.
    """

    text: str
    attack: bool
    origin: str
    group: str
    span: tuple[int, int] | None = None
    weight: float = 1.0
    harmful: bool = False
    kind: str = ""


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, compressed or not.

    Raises
    ------
    SystemExit
        When the file is absent.
    """
    if not path.exists():
        raise SystemExit(f"{path} is missing: name the folder of the public data with --data")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
