"""Near-duplicates: texts that share most of their word triples form one group."""

from collections import defaultdict
from collections.abc import Sequence

SHARED: float = 0.3
"""Of the shorter text's triples."""


def groups(texts: Sequence[str]) -> list[int]:
    """A number for every text; near-duplicates, also by way of others, have the same.

    Examples
    --------
    >>> groups(["a b c d e f", "x y z u v w", "a b c d e g"])
    [0, 1, 0]
    """
    shingles = [_triples(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    parent = list(range(len(texts)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for number, mine in enumerate(shingles):
        shared: dict[int, int] = defaultdict(int)
        for triple in mine:
            for other in holders[triple]:
                shared[other] += 1
            holders[triple].append(number)
        for other, count in shared.items():
            if count >= SHARED * min(len(mine), len(shingles[other])):
                one, two = sorted((root(number), root(other)))
                parent[two] = one
    return [root(number) for number in range(len(texts))]


def _triples(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
