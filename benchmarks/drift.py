"""How soon a shift of topics is noticed, at equal run length between false alarms.

Run as ``python -m benchmarks.drift [--quick] [--peer PYTHON] [--json FILE] [--write]``. Texts are
CLINC150's: the reference holds all domains but one, and from the change on a share of the events is
of that one. Every detector sees the same embeddings of the same streams, is asked for the same
mean number of events between false alarms, and its null run length is measured as well.

``--peer`` names a Python that has alibi-detect (``uv venv peer; uv pip install --python
peer/bin/python alibi-detect tensorflow-cpu tf-keras tensorflow-probability``). River's detectors
watch the distance of each embedding to the reference's mean; their thresholds are set by the null
streams of another seed, since they know no run length.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from river.drift import ADWIN, KSWIN, PageHinkley
from scipy.stats import chi2

from benchmarks.drift_streams import (
    DATA,
    FULL,
    MIXTURES,
    QUICK,
    REFERENCE,
    WARM,
    Plan,
    Streams,
    make_streams,
)
from benchmarks.page import Results, describe, machine, write_section
from detectors.drift.baseline import Baseline
from detectors.drift.embedding import LINEAR
from detectors.drift.robust import robust_baseline
from detectors.summaries import VectorSum

WINDOWS = (10, 25, 50, 100)
EVERY = 10
"""Events between judgements, where it does not judge after each."""

SELDOM = f"Tidewatch, every {EVERY} events"
COSTS = ("µs an event", "µs a judgement")

PEER_WINDOW = 50
PEER = Path(__file__).with_name("drift_peer.py")


@dataclass(frozen=True)
class _Block:
    start: int
    events: int
    summary: VectorSum


def make_baseline(streams: Streams) -> Baseline:
    """Tidewatch's reference: every event a block."""
    blocks = [
        _Block(at, 1, VectorSum.empty().observe(v[None])) for at, v in enumerate(streams.reference)
    ]
    random = np.random.default_rng(1)
    baseline = robust_baseline(blocks, block=1, windows=WINDOWS, random=random)
    assert baseline is not None
    baseline = baseline.settled
    if not baseline.null.calibrated:
        _ = baseline.calibration
    return baseline


def judgements(
    baseline: Baseline, stream: np.ndarray, every: int, level: float | None
) -> Iterator[tuple[int, float]]:
    """Events since the change, and the logarithm of the rate told, by judgement."""
    sums = np.concatenate(
        (np.zeros((1, stream.shape[1])), np.cumsum(stream, axis=0, dtype=np.float64))
    )
    lengths = np.array(WINDOWS)
    for at in range(WARM + every, len(stream) + 1, every):
        inside = sums[at] - sums[at - lengths]
        now = [VectorSum.of(w, inside[n], 0.0) for n, w in enumerate(WINDOWS)]
        finding = baseline.judge(now, at, minimum=1, interval=every, level=level)
        assert finding is not None
        yield at - WARM, finding.log_rate


def ours(
    baseline: Baseline, expected_run: float, every: int = 1
) -> Callable[[np.ndarray], tuple[int, float]]:
    """Tidewatch: four windows scanned at once, judged every so many events.

    The time is that of adding events up and of judging; the calibration, made once, is not in it.
    """
    limit = -np.log(expected_run)

    def run(stream: np.ndarray) -> tuple[int, float]:
        begin = time.process_time()
        found = judgements(baseline, stream, every, limit)
        first = next((at for at, rate in found if rate < limit), -1)
        return first, time.process_time() - begin

    return run


def asked_for(baseline: Baseline, streams: Streams, length: float) -> float:
    """What Tidewatch has to be asked for to have this run length on the null streams."""
    nulls = streams.by_mixture[0.0]
    found = [np.array([r for _, r in judgements(baseline, s, 1, None)]) for s in nulls]
    lowest = [np.minimum.accumulate(rates) for rates in found]
    asked = np.geomspace(length / 8, length * 8, 120)
    runs = [
        run_length(
            [
                int(np.argmax(low < -np.log(a))) + 1 if low[-1] < -np.log(a) else -1
                for low in lowest
            ],
            nulls.shape[1] - WARM,
        )[0]
        for a in asked
    ]
    return float(asked[int(np.argmin(np.abs(np.log(np.array(runs) / length))))])


def of_river(
    make: Callable[[float], Any], streams: Streams, plan: Plan, levels: Sequence[float]
) -> Callable[[np.ndarray], tuple[int, float]]:
    """A detector of river's on distances to the reference's mean, at the level that fits best."""
    mean = streams.reference[:, :LINEAR].mean(axis=0)

    def at_level(level: float, stream: np.ndarray) -> tuple[int, float]:
        detector = make(level)
        distances = np.linalg.norm(stream[:, :LINEAR] - mean, axis=1).tolist()
        begin = time.process_time()
        for at, distance in enumerate(distances):
            detector.update(distance)
            if detector.drift_detected and at >= WARM:
                return at - WARM + 1, time.process_time() - begin
        return -1, time.process_time() - begin

    def off(level: float) -> float:
        firsts = [at_level(level, stream)[0] for stream in streams.calibration]
        return abs(np.log(run_length(firsts, plan.null_length)[0] / plan.expected_run))

    best = min(levels, key=off)
    return lambda stream: at_level(best, stream)


def run_length(firsts: Sequence[int], length: int) -> tuple[float, float, float]:
    """Mean events to an alarm with its 95 % interval; streams without one count with their length.

    The maximum likelihood estimate under exponential waiting times.
    """
    alarms = sum(first > 0 for first in firsts)
    total = sum(first if first > 0 else length for first in firsts)
    low = 2 * total / chi2.ppf(0.975, 2 * alarms + 2)
    high = 2 * total / chi2.ppf(0.025, 2 * alarms) if alarms else float("inf")
    return total / max(alarms, 1), float(low), float(high)


def delay(firsts: Sequence[int], length: int) -> str:
    """Mean delay in events with its 95 % interval; without alarm the stream's length counts."""
    delays = np.array([first if first > 0 else length for first in firsts], np.float64)
    half = 1.96 * delays.std(ddof=1) / np.sqrt(len(delays)) if len(delays) > 1 else 0.0
    missed = sum(first < 0 for first in firsts)
    return f"{delays.mean():.0f} ± {half:.0f}" + (f" ({missed} missed)" if missed else "")


def measured(run: Callable[[np.ndarray], tuple[int, float]], streams: Streams) -> dict[str, Any]:
    """First alarms by mixture, and microseconds an event."""
    firsts: dict[float, list[int]] = {}
    spent = events = 0.0
    for mixture, part in streams.by_mixture.items():
        ran = [run(stream) for stream in part]
        firsts[mixture] = [first for first, _ in ran]
        spent += sum(seconds for _, seconds in ran)
        events += sum(first if first > 0 else part.shape[1] - WARM for first, _ in ran)
    return {"first": firsts, "microseconds": 1e6 * spent / events}


def peers(python: Path, streams: Streams, plan: Plan) -> dict[str, dict[str, Any]]:
    """alibi-detect's results by detector."""
    mixtures = (0.0, *MIXTURES)
    parts = {f"streams_{n}": streams.by_mixture[m][:, :, :LINEAR] for n, m in enumerate(mixtures)}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.json"
        np.savez(
            source,
            reference=streams.reference[:, :LINEAR],
            warm=WARM,
            expected_run=plan.expected_run,
            window=PEER_WINDOW,
            bootstraps=plan.bootstraps,
            **parts,
        )
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_USE_LEGACY_KERAS": "1"}
        subprocess.run([python, PEER, source, target], check=True, env=environment)
        found = json.loads(target.read_text())
    for each in found.values():
        each["first"] = dict(zip(mixtures, each["first"], strict=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter streams")
    parser.add_argument("--peer", type=Path, help="a Python that has alibi-detect")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(
            f"{DATA} is absent: the benchmark needs CLINC150's data_full.json and domains.json"
        )
    where, plan = machine(), QUICK if options.quick else FULL
    streams = make_streams(plan)
    baseline = make_baseline(streams)
    detectors: dict[str, Callable[[np.ndarray], tuple[int, float]]] = {
        "Tidewatch": ours(baseline, plan.expected_run),
        SELDOM: ours(baseline, plan.expected_run, EVERY),
        "river ADWIN": of_river(
            lambda d: ADWIN(delta=d), streams, plan, np.geomspace(1e-4, 0.9, 12).tolist()
        ),
        "river PageHinkley": of_river(
            lambda t: PageHinkley(min_instances=30, delta=0.005, threshold=t),
            streams,
            plan,
            np.geomspace(0.2, 20, 14).tolist(),
        ),
        "river KSWIN": of_river(
            lambda a: KSWIN(alpha=a, window_size=100, stat_size=30, seed=1),
            streams,
            plan,
            np.geomspace(1e-6, 0.02, 12).tolist(),
        ),
    }
    results = {name: measured(run, streams) for name, run in detectors.items()}
    if options.peer:
        for name, found in peers(options.peer, streams, plan).items():
            results[f"alibi-detect {name}"] = found
            length = run_length(found["first"][0.0], plan.null_length)[0]
            same = ours(baseline, asked_for(baseline, streams, length))
            results[f"Tidewatch, null run length as {name}"] = measured(same, streams)
    rows = []
    for name, found in results.items():
        every = EVERY if name == SELDOM else 1
        mean, low, high = run_length(found["first"][0.0], plan.null_length)
        rows.append(
            [
                name,
                f"{mean:.0f} ({low:.0f} to {high:.0f})",
                *(delay(found["first"][mixture], plan.length) for mixture in MIXTURES),
                f"{found['microseconds']:.1f}",
                f"{found['microseconds'] * every:.1f}",
            ]
        )
    table = Results(
        f"Events until new topics are noticed, {plan.expected_run} events between false alarms",
        ["detector", "null run length", *(f"{m:.0%} mixed in" for m in MIXTURES), *COSTS],
        rows,
        note=(
            f"Means with 95 % intervals over {plan.streams} streams ({plan.null_streams} without a "
            f"change). Reference: {REFERENCE} texts; the domain that comes in is travel. All judge "
            "after every event, where nothing else is said; delays are to the alarm. "
            "Streams without an alarm count with their length, "
            f"{plan.length} events. River's detectors have thresholds fitted to the run length. "
            "Tidewatch with another's null run length is asked for what gives it that on the same "
            "streams."
        ),
    )
    table.show(Console())
    if options.json:
        options.json.write_text(
            json.dumps(
                {
                    k: {**v, "first": {str(m): f for m, f in v["first"].items()}}
                    for k, v in results.items()
                },
                indent=1,
            )
            + "\n"
        )
    if options.write:
        command = (
            "python -m benchmarks.drift"
            + (" --quick" if options.quick else "")
            + (" --peer PYTHON" if options.peer else "")
        )
        write_section("drift", "Drift", describe(where, command) + "\n\n" + table.markdown())


if __name__ == "__main__":
    main()
