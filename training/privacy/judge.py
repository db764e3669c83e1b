"""How well findings agree with known spans, by kind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.privacy.finder import Finder
from detectors.text.buffer import buffer_of

Span = tuple[str, int, int]


@dataclass(frozen=True)
class Score:
    """Spans of a kind: found rightly, missed, found wrongly."""

    right: int
    missed: int
    wrong: int

    @property
    def recall(self) -> float:
        """Share of the spans that were found."""
        return self.right / max(self.right + self.missed, 1)

    @property
    def precision(self) -> float:
        """Share of the findings that are right."""
        return self.right / max(self.right + self.wrong, 1)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * float(np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)))
    return middle - half, middle + half


def found_spans(
    texts: Sequence[str], finder: Finder, at_least: float
) -> list[list[tuple[str, int, int]]]:
    """The findings of every text in characters."""
    buffer = buffer_of(texts)
    data = buffer.data.tobytes()
    found: list[list[tuple[str, int, int]]] = [[] for _ in texts]
    findings = finder(buffer)
    for row, item in zip(findings.rows.tolist(), findings.items, strict=True):
        if item.confidence >= at_least:
            begin = int(buffer.starts[row])
            start = len(data[begin : item.start].decode())
            found[row].append(
                (item.kind.name, start, start + len(data[item.start : item.end].decode()))
            )
    return found


def scores(known: Iterable[Sequence[Span]], found: Iterable[Sequence[Span]]) -> dict[str, Score]:
    """By kind; a span is found when a finding of its kind covers half of it or more."""
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    for spans, findings in zip(known, found, strict=True):
        used = set()
        for kind, start, end in spans:
            match = next(
                (f for f in findings if f[0] == kind and _shared(f, start, end) * 2 >= end - start),
                None,
            )
            right[kind] += match is not None
            missed[kind] += match is None
            used.add(match)
        for finding in findings:
            hit = any(_shared(finding, s, e) and k == finding[0] for k, s, e in spans)
            wrong[finding[0]] += not hit
    kinds = sorted(right.keys() | missed.keys() | wrong.keys())
    return {kind: Score(right[kind], missed[kind], wrong[kind]) for kind in kinds}


def _shared(finding: Span, start: int, end: int) -> int:
    return max(0, min(finding[2], end) - max(finding[1], start))
