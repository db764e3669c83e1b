"""What an alert on drift names: the part that has changed, not one that was always different."""

from types import SimpleNamespace

import numpy as np
import pytest

from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary, VectorSum
from schemas.panes import Pane
from schemas.segments import Segment
from tests.detectors.watching.drifting import (
    EMBEDDING,
    ERROR,
    FAILED,
    LATENCY,
    SHOP,
    START,
    TOPIC,
    monitor,
    raw,
)

CHANGED = {**SHOP, "use_case": "rag"}
ALWAYS_OTHERWISE = {**SHOP, "request_model": "small"}
EVENTS = 60

Floats = np.ndarray


def _flag(moved: Floats, random: np.random.Generator) -> Summary:
    return FlagCounts.empty().observe(random.random(len(moved)) < 0.05 + 0.4 * moved)


def _amount(moved: Floats, random: np.random.Generator) -> Summary:
    return Distribution.empty().observe(random.lognormal(moved, 0.5))


def _lacking(moved: Floats, random: np.random.Generator) -> Summary:
    values = random.lognormal(0, 0.5, len(moved))
    return Distribution.empty().observe(values[random.random(len(moved)) >= 0.05 + 0.4 * moved])


def _category(moved: Floats, random: np.random.Generator) -> Summary:
    names = np.where(random.random(len(moved)) < 0.1 + 0.5 * moved, "travel", "banking")
    return CategoryCounts.empty().observe(names.tolist())


def _vector(moved: Floats, random: np.random.Generator) -> Summary:
    return VectorSum.empty().observe(random.normal(0, 1, (len(moved), 8)) + moved[:, None])


KINDS = [
    pytest.param(ERROR, _flag, {}, id="flag"),
    pytest.param(LATENCY, _amount, {}, id="amount"),
    pytest.param(LATENCY, _lacking, {}, id="lacking"),
    pytest.param(TOPIC, _category, {}, id="category"),
    pytest.param(EMBEDDING, _vector, {}, id="vector"),
    pytest.param(ERROR, _flag, {"method": "page_hinkley"}, id="page_hinkley"),
    pytest.param(LATENCY, _amount, {"method": "adwin"}, id="adwin"),
    pytest.param(FAILED, _category, {"method": "relation", "strata": TOPIC.name}, id="relation"),
]


def panes(name: str, draw: object, minute: int, drifting: bool) -> list[Pane]:
    """The minute of the service, by use case, and by model. One use case drifts."""
    random = np.random.default_rng(minute)
    rag, small = random.random(EVENTS) < 0.5, random.random(EVENTS) < 0.3
    moved = (rag & drifting) + 0.5 * small
    parts: list[tuple[Segment, Floats]] = [(SHOP, np.ones(EVENTS, bool))]
    parts += [({**SHOP, "use_case": n}, rag == (n == "rag")) for n in ("rag", "chat")]
    parts += [({**SHOP, "request_model": n}, small == (n == "small")) for n in ("small", "large")]
    seeds = random.integers(0, 2**32, 4)
    # Cells are drawn once, so that parts add up to the whole.
    cells = {}
    for place, (is_rag, is_small) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        chosen = (rag == is_rag) & (small == is_small)
        drawn = draw(moved[chosen], np.random.default_rng(seeds[place]))
        cells[is_rag, is_small] = drawn, int(chosen.sum()), chosen
    end, found = START + 60 * (minute + 1), []
    for segment, inside in parts:
        summary, events = None, 0
        for drawn, count, chosen in cells.values():
            if (chosen & inside).any():
                summary = drawn if summary is None else summary.merge(drawn)
                events += count
        assert summary is not None
        signals = {name: summary}
        if name == FAILED.name:
            bad = {k: n for k, n in summary.counts.items() if k == "travel"}
            signals = {
                TOPIC.name: CategoryCounts({"travel": events, "banking": events}, 0),
                name: CategoryCounts(bad, 0),
            }
        found.append(Pane(start=end - 10, segment=segment, events=events, signals=raw(signals)))
    return found


@pytest.mark.parametrize(("signal", "draw", "options"), KINDS)
def test_the_part_that_changed_is_named(
    make: SimpleNamespace, signal: object, draw: object, options: dict[str, str]
) -> None:
    run = make.run(monitor(signal, **options))
    for minute in range(165):
        end = float(START + 60 * (minute + 1))
        each = panes(signal.name, draw, minute, minute >= 150)
        run.apply(make.batch(each, until=end, pane_seconds=10))
    fired = run.alerts[0]
    first = fired.contributions[0]
    assert first.segment == CHANGED
    assert first.share == pytest.approx(1, abs=0.3)
    assert ALWAYS_OTHERWISE not in [
        part.segment for part in fired.contributions if part.share > 0.6
    ]
