"""How often comparisons tell something false under constant peeking, and how soon something true.

Run as ``python -m benchmarks.comparing [--runs 400] [--write]``. Both arms grow by a look's worth
of events at a time; every look is judged. Where the truth lies on the margin, any verdict is
false; a t-test at 95 % that is looked at as often stands beside it. Power is the share of runs
with a true verdict by the end, beside a t-test that looks once, then.
"""

import argparse
from collections.abc import Callable

import numpy as np
from rich.console import Console

from benchmarks.page import Results, describe, machine, write_section
from detectors.comparing.comparison import compare
from detectors.summaries import Distribution, FlagCounts, Summary
from schemas.monitors.compared import ComparedMetric, ComparisonRules

LOOKS, EVENTS = 40, 100
Z_95 = 1.959963984540054

Draw = Callable[[np.random.Generator, int, float], np.ndarray]


def _flags(rate: float) -> Draw:
    return lambda random, count, shift: random.random(count) < rate + shift


def _lognormal(spread: float) -> Draw:
    return lambda random, count, shift: random.lognormal(0, spread, count) * (1 + shift)


def _scores(random: np.random.Generator, count: int, shift: float) -> np.ndarray:
    return np.clip(random.beta(2, 6, count) + shift, 0, 1)


P95, RATE, MEAN = "p95", "rate", "mean"
CASES: tuple[tuple[str, str, Draw, float, float], ...] = (
    # name, statistic, how values are drawn, margin, how much better than the margin for power
    ("rate of 0.5 %", RATE, _flags(0.005), 0.005, 0.005),
    ("rate of 10 %", RATE, _flags(0.1), 0.03, 0.03),
    ("mean of scores", MEAN, _scores, 0.02, 0.02),
    ("mean of costs (lognormal, spread 1)", MEAN, _lognormal(1.0), 0.15, 0.15),
    ("p95 of latencies (lognormal, spread 0.5)", P95, _lognormal(0.5), 0.2, 0.2),
)


def _rules(statistic: str, margin: float) -> ComparisonRules:
    relative = statistic == P95
    metric = ComparedMetric(
        signal="x",
        statistic=statistic,  # type: ignore[arg-type]
        margin=margin,
        higher_is_worse=True,
        relative=relative,
    )
    return ComparisonRules(metrics=(metric,), minimum_events=EVENTS)


def run(
    statistic: str,
    draw: Draw,
    margin: float,
    shift: float,
    random: np.random.Generator,
    *,
    looks: int = LOOKS,
    events: int = EVENTS,
) -> tuple[list[str], bool, bool]:
    """A run: the verdicts of all looks, whether a peeked t-test ever spoke, and one at the end."""
    rules = _rules(statistic, margin)
    empty: Summary = FlagCounts.empty() if statistic == RATE else Distribution.empty()
    arms = [empty, empty]
    verdicts, peeked, last = [], False, False
    for _ in range(looks):
        arms = [
            arm.observe(draw(random, events, add))  # type: ignore[union-attr,arg-type]
            for arm, add in zip(arms, (0.0, shift), strict=True)
        ]
        verdicts.append(compare(rules, {"x": arms[0]}, {"x": arms[1]}).verdict)
        if statistic != P95:
            last = abs(_t(arms[0], arms[1], margin, statistic)) > Z_95
            peeked |= last
    return verdicts, peeked, last


def _t(first: Summary, second: Summary, margin: float, statistic: str) -> float:
    if isinstance(first, FlagCounts) and isinstance(second, FlagCounts):
        rates = [(arm.positive + 0.5) / (arm.count + 1) for arm in (first, second)]
        parts = [
            rate * (1 - rate) / arm.count for rate, arm in zip(rates, (first, second), strict=True)
        ]
        return (rates[1] - rates[0] - margin) / sum(parts) ** 0.5
    assert isinstance(first, Distribution)
    assert isinstance(second, Distribution)
    means = (first.mean or 0.0, second.mean or 0.0)
    variance = (first.variance or 0.0) / first.count + (second.variance or 0.0) / second.count
    return (means[1] - means[0] - margin) / variance**0.5


def _shift(statistic: str, draw: Draw, margin: float) -> float:
    """What to add so that the truth lies on the margin."""
    if statistic == MEAN and draw is not _scores:
        # A factor on lognormal values moves their mean by that share of it.
        return margin / float(np.exp(0.5))
    return margin


def main() -> None:
    """Simulate, show, and write the page when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=400, help="runs of each case")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where, rows = machine(), []
    for name, statistic, draw, margin, better in CASES:
        random = np.random.default_rng(11)
        on_margin = _shift(statistic, draw, margin)
        off = on_margin - _shift(statistic, draw, better)
        null = [run(statistic, draw, margin, on_margin, random) for _ in range(options.runs)]
        false = np.mean([any(v != "wait" for v in verdicts) for verdicts, _, _ in null])
        peeked = np.mean([peek for _, peek, _ in null])
        true = [run(statistic, draw, margin, off, random) for _ in range(options.runs // 2)]
        power = np.mean(["promote" in verdicts for verdicts, _, _ in true])
        wrong = np.mean(["roll back" in verdicts for verdicts, _, _ in true])
        once = np.mean([last for _, _, last in true])
        needed = [v.index("promote") + 1 for v, _, _ in true if "promote" in v]
        median = f"{int(np.median(needed)) * EVENTS:,}" if needed else "-"
        quantile = statistic == P95
        rows.append(
            [
                name,
                f"{false:.1%}",
                "-" if quantile else f"{peeked:.1%}",
                f"{power:.0%}",
                "-" if quantile else f"{once:.0%}",
                median,
                f"{wrong:.1%}",
            ]
        )
    results = Results(
        title="Verdicts under constant peeking",
        columns=(
            "metric",
            "false verdicts",
            "t-test peeked at",
            "promoted (no difference)",
            "t-test once, at the end",
            "events an arm (median)",
            "rolled back wrongly",
        ),
        rows=rows,
        note=f"{options.runs} runs of {LOOKS} looks, {EVENTS} events an arm and look; 95 % "
        "confidence. False verdicts: any, with the true difference on the margin.",
    )
    results.show(Console())
    if options.write:
        command = f"python -m benchmarks.comparing --runs {options.runs} --write"
        text = f"{describe(where, command)}\n\n{results.markdown()}"
        write_section("comparing", "Releases compared at any time", text)


if __name__ == "__main__":
    main()
