"""References with incidents in them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary, VectorSum

BLOCK = 600
HOUR = 3600
KINDS = ("flag", "category", "number", "vector")


@dataclass(frozen=True)
class Stretch:
    start: int
    events: int
    summary: Summary | None


def draw(kind: str, random: np.random.Generator, fault: float = 0.0, events: int = 80) -> Summary:
    """The events of a block, a share of them otherwise."""
    n = int(random.poisson(events)) + 1
    odd = int(random.binomial(n, fault))
    match kind:
        case "flag":
            return FlagCounts(n, odd + int(random.binomial(n - odd, 0.03)))
        case "category":
            counts = random.multinomial(n - odd, [0.6, 0.3, 0.1])
            a, b, c = counts.tolist()
            return CategoryCounts({"a": a, "b": b, "c": c + odd}, 0)
        case "number":
            values = random.lognormal(0, 1, n)
            values[:odd] *= 20
            return Distribution.empty().observe(values)
    vectors = random.normal(0, 1, (n, 20))
    vectors[:odd] += 1.5
    return VectorSum.empty().observe(vectors)


def reference(
    kind: str,
    fault: Callable[[int], float],
    *,
    blocks: int = 96,
    block: int = BLOCK,
    seed: int = 0,
) -> list[Stretch]:
    """Blocks with a share of odd events each."""
    random = np.random.default_rng(seed)
    return [Stretch(block * n, 80, draw(kind, random, fault(n))) for n in range(blocks)]


def during(*spans: tuple[int, int], share: float = 0.4) -> Callable[[int], float]:
    """A fault in these blocks."""
    return lambda n: share * any(begin <= n < end for begin, end in spans)
