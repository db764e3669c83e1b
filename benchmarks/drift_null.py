"""How often drift alarms come while nothing changes, beside how often they were allowed to.

Run as ``python -m benchmarks.drift_null [--quick] [--write]``. Traffic is made of the Azure LLM
inference trace 2023 (arrivals and output tokens, in stretches) and of CLINC150's texts (topics and
embeddings), in blocks of ten minutes. *Steady* traffic is drawn block by block, *bursty* traffic
wanders (an autoregressive process with a memory of an hour), *daily* traffic wanders and follows
the hour of the day in volume, mixture, errors and lengths. *Clustered* traffic comes in bursts of
events that are alike, and wanders in steps with heavy tails. Every replicate has a reference and
some days of its own.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console

from benchmarks.page import Results, describe, machine, write_section
from detectors.drift.baseline import _SCREEN, Baseline
from detectors.drift.calibration import log_more_looks
from detectors.drift.embedding import own_embeddings
from detectors.drift.robust import robust_baseline
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    merge_summaries,
)
from detectors.text.column import TextColumn

DATA = Path(__file__).parents[2] / "shared" / "data"
UNIT = 600
MEMORY = 6
"""Units after which wandering traffic has forgotten two thirds."""

ALIKE = 40.0
"""Clustered events of a unit vary as if so few of them were independent of each other."""

KINDS = ("flag", "category", "number", "vector")


@dataclass(frozen=True)
class Traffic:
    """How traffic varies, and what watches it; lengths in units of ten minutes."""

    name: str
    wander: float
    daily: float
    reference: int
    block: int
    windows: tuple[int, ...]
    clustered: bool = False


CASES = (
    Traffic("steady", 0.0, 0.0, 96, 1, (1, 6)),
    Traffic("bursty", 0.3, 0.0, 96, 1, (1, 6)),
    Traffic("clustered", 0.2, 0.0, 96, 1, (1, 6), clustered=True),
    Traffic("steady, 7 days", 0.0, 0.0, 7 * 144, 6, (6, 36)),
    Traffic("bursty, 7 days", 0.3, 0.0, 7 * 144, 6, (6, 36)),
    Traffic("daily", 0.2, 0.5, 7 * 144, 6, (6, 36)),
)


@cache
def _trace() -> tuple[np.ndarray, np.ndarray]:
    """Arrivals by minute, in units of their mean, and output tokens in order."""
    frame = pl.read_csv(DATA / "azure_llm_2023" / "AzureLLMInferenceTrace_conv.csv").with_columns(
        pl.col("TIMESTAMP").str.slice(0, 19).str.to_datetime()
    )
    minutes = frame.group_by_dynamic("TIMESTAMP", every="1m").agg(pl.len())["len"].to_numpy()[1:-1]
    return minutes / minutes.mean(), frame["GeneratedTokens"].to_numpy().astype(float)


@cache
def _texts() -> list[np.ndarray]:
    """Embeddings by domain."""
    texts = json.loads((DATA / "clinc150" / "data_full.json").read_text())["train"]
    domains = json.loads((DATA / "clinc150" / "domains.json").read_text())
    domain_of = {intent: name for name, intents in domains.items() for intent in intents}
    vectors = own_embeddings(TextColumn([text for text, _ in texts]).embeddings).astype(float)
    names = np.array([domain_of[intent] for _, intent in texts])
    return [vectors[names == name] for name in domains]


class Source:
    """Units of one kind of signal, one after the other; ``fault`` moves them while it is not 0."""

    def __init__(self, kind: str, traffic: Traffic, random: np.random.Generator) -> None:
        self.kind, self.traffic, self.random = kind, traffic, random
        self.keep = float(np.exp(-1 / MEMORY))
        self.base = random.normal(0, 0.5, 10)
        self.daily = random.normal(0, 1, 10)
        self.state = random.normal(0, 1, 10)
        self.place = int(random.integers(50))
        self.fault = 0.0

    def unit(self, at: int) -> Summary:
        """The ten minutes that begin at ``at``."""
        traffic, random = self.traffic, self.random
        fresh = random.normal(0, 1, 10)
        if traffic.clustered:
            fresh = random.standard_t(3, 10) / np.sqrt(3)
        self.state = self.keep * self.state + np.sqrt(1 - self.keep**2) * fresh
        tide = traffic.daily * np.sin(2 * np.pi * (at % 86400) / 86400)
        latent = traffic.wander * self.state + tide * self.daily
        latent[0] += self.fault
        if random.random() < 0.1:
            self.place = int(random.integers(50))
        minutes, tokens = _trace()
        self.place += 1
        volume = minutes[self.place % len(minutes)] if traffic.wander else 1.0
        if traffic.clustered:
            volume *= random.gamma(4) / 4
        count = int(random.poisson(80 * volume * (1 + tide))) + 1
        if self.kind == "flag":
            rate = 1 / (1 + np.exp(3.2 - latent[0]))
            if traffic.clustered:
                rate = random.beta(ALIKE * rate, ALIKE * (1 - rate))
            return FlagCounts(count, int(random.binomial(count, rate)))
        if self.kind == "number":
            if traffic.wander:
                begin = int(random.integers(len(tokens) - count))
                values = tokens[begin : begin + count]
            else:
                values = random.choice(tokens, count)
            return Distribution.empty().observe(values * np.exp(latent[0] / 2))
        weights = np.exp(self.base + latent)
        shares = weights / weights.sum()
        if traffic.clustered:
            shares = random.dirichlet(ALIKE * shares)
        counts = random.multinomial(count, shares)
        if self.kind == "category":
            return CategoryCounts({f"c{n}": int(c) for n, c in enumerate(counts) if c}, 0)
        rows = [
            pool[random.integers(len(pool), size=c)]
            for pool, c in zip(_texts(), counts, strict=True)
            if c
        ]
        return VectorSum.empty().observe(np.vstack(rows))


@dataclass(frozen=True)
class Block:
    """A block of the reference."""

    start: int
    events: int
    summary: Summary


def as_blocks(units: Sequence[Summary], step: int) -> list[Block]:
    """So many units a block."""
    blocks = []
    for n in range(0, len(units), step):
        whole = reduce(merge_summaries, units[n : n + step])
        blocks.append(Block(UNIT * n, whole.count, whole))  # type: ignore[union-attr]
    return blocks


def replicate(
    kind: str, traffic: Traffic, days: float, spans: Sequence[float], seed: int
) -> list[int]:
    """Alarms without a change, for each configured number of seconds between them."""
    random = np.random.default_rng([seed, KINDS.index(kind)])
    source = Source(kind, traffic, random)
    units = [source.unit(UNIT * n) for n in range(traffic.reference)]
    step = traffic.block
    baseline = robust_baseline(
        as_blocks(units, step),
        block=UNIT * step,
        windows=tuple(UNIT * w for w in traffic.windows),
        interval=UNIT,
        random=np.random.default_rng(seed),
    )
    assert baseline is not None
    baseline = baseline.settled
    steps = int(days * 86400 / UNIT)
    ahead = [source.unit(UNIT * (traffic.reference + n)) for n in range(steps)]
    live = [*units[-traffic.windows[-1] :], *ahead]
    pairs = [pair for unit in live if (pair := baseline.features.sums(unit)) is not None]
    counts = np.cumsum([0, *(pair[0] for pair in pairs)])
    sums = np.cumsum([np.zeros_like(pairs[0][1]), *(pair[1] for pair in pairs)], axis=0)
    return count_alarms(baseline, counts, sums, UNIT * traffic.reference, traffic, spans)


def count_alarms(
    baseline: Baseline,
    counts: np.ndarray,
    sums: np.ndarray,
    since: int,
    traffic: Traffic,
    spans: Sequence[float],
) -> list[int]:
    """Alarms of all judgements behind ``since``, as :meth:`Baseline.judge` makes them one by one.

    ``counts`` and ``sums`` are running ones, a unit each; what is asked for of a moment of the day
    comes again, and the whole run is judged at once.
    """
    longest = traffic.windows[-1]
    ends = np.arange(2 * longest, len(counts))
    at = since + UNIT * (ends - longest)
    phases, places = np.unique(at % (7 * 86400), return_inverse=True)
    expected = np.array([baseline._expected(int(each)) for each in phases])
    statistics = []
    for number, window in enumerate(traffic.windows):
        known = (counts[ends] - counts[ends - window]).astype(float)
        means = expected[places, number % expected.shape[1]]
        statistics.append(baseline.statistics(known, sums[ends] - sums[ends - window], means))
    far = np.stack(statistics, axis=-1)
    found = baseline.calibration.scores(far).max(axis=1)
    most = found.argmax(axis=1)
    scores = found.max(axis=1)
    often = traffic.block
    rates = np.array(
        [
            baseline.calibration.log_rate(score)
            - np.log(baseline.block)
            + log_more_looks(
                score,
                max(traffic.windows[w] / traffic.block, 1.0),
                often,
                baseline.calibration.looks,
                baseline.calibration.roughness[w],
            )
            for score, w in zip(scores.tolist(), most.tolist(), strict=True)
        ]
    )
    alarms = []
    for span in spans:
        limits = baseline.null.limits(_SCREEN * (np.log(span) - np.log(baseline.block)))
        usual = (far / limits).max(axis=(1, 2)) < 1
        firing, number = False, 0
        for rate in np.where(usual, -np.log(UNIT), rates).tolist():
            if not firing and rate <= -np.log(span):
                number, firing = number + 1, True
            elif firing and rate > -np.log(span) + np.log(10):
                firing = False
        alarms.append(number)
    return alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the replicates")
    parser.add_argument("--only", help="only traffic or kinds of this name")
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--days", type=float, default=20.0, help="of each replicate")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    if not (DATA / "azure_llm_2023").is_dir() or not (DATA / "clinc150").is_dir():
        sys.exit(f"{DATA} lacks azure_llm_2023 or clinc150, of which the traffic is made")
    replicates = max(options.replicates // (10 if options.quick else 1), 2)
    where, rows = machine(), []
    spans = (2 * 86400.0, 10 * 86400.0, 64 * 86400.0)
    for traffic in CASES:
        for kind in KINDS:
            if options.only and options.only not in (traffic.name, kind):
                continue
            alarms = np.array(
                [replicate(kind, traffic, options.days, spans, seed) for seed in range(replicates)]
            )
            watched = options.days - traffic.windows[-1] * UNIT / 86400
            cells = []
            for counts, span in zip(alarms.T, spans, strict=True):
                ratios = counts * span / (watched * 86400)
                half = 1.96 * ratios.std(ddof=1) / np.sqrt(replicates)
                cells.append(f"{ratios.mean():.2f} ± {half:.2f} (median {np.median(ratios):.2f})")
            rows.append([traffic.name, kind, *cells])
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    results = Results(
        "Alarms without a change, of those allowed",
        ["traffic", "signal", "one in 2 days", "one in 10 days", "one in 64 days"],
        rows,
        note=(
            f"{replicates} replicates of {options.days:g} days, each with a reference of its own "
            "(16 hours in blocks of 10 minutes; daily and 7 days: 7 days in hours). Means over the "
            "replicates with 95 % intervals, and medians: references differ in what they happen to "
            "show. One signal, no minimum effect: what is calibrated is the alarm rate by itself. "
            "One in 64 days is what each of 32 segments has that bear one in 2 days together."
        ),
    )
    results.show(Console())
    if options.write:
        command = (
            f"python -m benchmarks.drift_null --replicates {replicates} --days {options.days:g}"
        )
        text = f"{describe(where, command)}\n\n{results.markdown()}"
        write_section("drift-null", "Drift without a change", text)


if __name__ == "__main__":
    main()
