"""Whether an incident is noticed when the reference holds an earlier one.

Run as ``python -m benchmarks.drift_incidents [--replicates 10] [--only NAME] [--write]``. Traffic
is that of :mod:`benchmarks.drift_null`. An incident moves what is behind the signal: with 1, 3.9 %
of errors become 10 %, with 2 they become 23 %, with 3 45 %. Two hours of one are judged every ten
minutes, at one false alarm in thirty days, against references without an incident, with some that
are kept in the reference, and as Tidewatch makes references ready.
"""

import argparse
from collections.abc import Sequence
from functools import reduce

import numpy as np
from rich.console import Console

from benchmarks.drift_null import CASES, KINDS, UNIT, Source, Traffic, as_blocks
from benchmarks.page import Results, describe, machine, write_section
from detectors.drift.baseline import Baseline
from detectors.drift.robust import robust_baseline
from detectors.summaries import Summary, merge_summaries

LEVEL = -float(np.log(30 * 86400.0))
SIZES = (1.0, 2.0, 3.0)
LASTS = 12
"""Units of ten minutes of the incident that is to be noticed."""

TRAFFIC = ("bursty", "daily")

Incident = tuple[int, float]
"""How many units, and how large."""

PAST: dict[str, tuple[Incident, ...]] = {
    "none": (),
    "10 min of 3": ((1, 3.0),),
    "30 min of 1.5": ((3, 1.5),),
    "1 h of 3": ((6, 3.0),),
    "3 h of 3": ((18, 3.0),),
    "twice 20 min of 3": ((2, 3.0), (2, 3.0)),
}


def reference_of(source: Source, past: Sequence[Incident]) -> list[Summary]:
    """The reference's units; its incidents begin after 40 % and 65 % of it."""
    length = source.traffic.reference
    begins = (length * 8 // 20, length * 13 // 20)
    units = []
    for n in range(length):
        source.fault = 0.0
        for begin, (lasts, size) in zip(begins, past, strict=False):
            if begin <= n < begin + lasts:
                source.fault = size
        units.append(source.unit(UNIT * n))
    return units


def delay(baseline: Baseline, source: Source, size: float) -> int | None:
    """Minutes until an incident of this size is noticed."""
    traffic = source.traffic
    live: list[Summary] = []
    for n in range(traffic.windows[-1] + LASTS):
        at = UNIT * (traffic.reference + n)
        source.fault = size if n >= traffic.windows[-1] else 0.0
        live.append(source.unit(at))
        if not source.fault:
            continue
        now = [reduce(merge_summaries, live[-window:]) for window in traffic.windows]
        found = baseline.judge(now, at + UNIT, minimum=20, interval=UNIT, level=LEVEL)
        if found is not None and found.log_rate <= LEVEL:
            return UNIT // 60 * (n + 1 - traffic.windows[-1])
    return None


def replicate(
    kind: str, traffic: Traffic, past: Sequence[Incident], seed: int
) -> tuple[list[list[int | None]], bool]:
    """Delays by size, with incidents kept and as it is; whether anything was left out."""
    units = reference_of(_source(kind, traffic, seed), past)
    blocks = as_blocks(units, traffic.block)
    block, windows = UNIT * traffic.block, tuple(UNIT * w for w in traffic.windows)
    random = np.random.default_rng(seed)
    kept = Baseline.of(blocks, block=block, windows=windows, interval=UNIT, random=random)
    random = np.random.default_rng(seed)
    made = robust_baseline(
        blocks, block=block, windows=windows, interval=UNIT, random=random, level=LEVEL
    )
    assert kept is not None
    assert made is not None
    delays: list[list[int | None]] = []
    for baseline in (kept, made):
        delays.append([])
        for size in SIZES:
            source = _source(kind, traffic, seed)
            source.random = np.random.default_rng([seed, 77])
            delays[-1].append(delay(baseline, source, size))
    return delays, bool(made.settled.left_out)


def _source(kind: str, traffic: Traffic, seed: int) -> Source:
    return Source(kind, traffic, np.random.default_rng([seed, KINDS.index(kind)]))


def words(delays: Sequence[int | None]) -> str:
    """How many were noticed, and after how many minutes."""
    known = [each for each in delays if each is not None]
    after = f", {np.mean(known):.0f} min" if known else ""
    return f"{len(known)} of {len(delays)}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--only", help="only traffic or kinds of this name")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where, rows = machine(), []
    for traffic in (each for each in CASES if each.name in TRAFFIC):
        for kind in KINDS:
            if options.only and options.only not in (traffic.name, kind):
                continue
            for name, past in PAST.items():
                found = [replicate(kind, traffic, past, seed) for seed in range(options.replicates)]
                left_out = sum(out for _, out in found)
                for how, label in ((0, "kept"), (1, f"left out in {left_out}")):
                    if how == 0 and not past:
                        continue
                    cells = [
                        words([delays[how][size] for delays, _ in found])
                        for size in range(len(SIZES))
                    ]
                    rows.append([traffic.name, kind, name, label, *cells])
                    print(*rows[-1], sep=" | ", flush=True)
    results = Results(
        "Incidents noticed within two hours, and how soon",
        ["traffic", "signal", "in the reference", "it is", *(f"of size {s:g}" for s in SIZES)],
        rows,
        note=(
            f"{options.replicates} replicates; one false alarm in 30 days is borne. References are "
            "of 16 hours in blocks of 10 minutes, daily ones of 7 days in hours. A size is what is "
            "added to the log-odds or log-weights behind the signal."
        ),
    )
    results.show(Console())
    if options.write:
        command = f"python -m benchmarks.drift_incidents --replicates {options.replicates}"
        text = f"{describe(where, command)}\n\n{results.markdown()}"
        write_section("drift-incidents", "Drift after an incident", text)


if __name__ == "__main__":
    main()
