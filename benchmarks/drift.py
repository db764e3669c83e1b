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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from river.drift import ADWIN, KSWIN, PageHinkley
from scipy.stats import chi2

from benchmarks.page import Results, describe, machine, write_section
from detectors.drift.baseline import Baseline
from detectors.drift.embedding import LINEAR, own_embeddings
from detectors.summaries import VectorSum
from detectors.text.column import TextColumn

DATA = Path(__file__).parents[2] / "shared" / "data" / "clinc150"
MIXTURES = (0.05, 0.1, 0.25, 0.5, 1.0)
WARM = 100
WINDOWS = (10, 25, 50, 100)
EVERY = 10
"""Events between judgements, where it does not judge after each."""

SELDOM = f"Tidewatch, every {EVERY} events"
COSTS = ("µs an event", "µs a judgement")

REFERENCE = 1000
PEER_WINDOW = 50
PEER = Path(__file__).with_name("drift_peer.py")


@dataclass(frozen=True)
class Plan:
    """How much is run. ``expected_run`` is in events."""

    expected_run: int
    null_streams: int
    null_length: int
    streams: int
    length: int
    bootstraps: int


QUICK = Plan(300, 12, 900, 6, 400, 500)
FULL = Plan(500, 60, 2500, 20, 1500, 2000)


@dataclass
class Streams:
    """The reference, and streams by mixture; 0 is the null. All share their first components."""

    reference: np.ndarray
    by_mixture: dict[float, np.ndarray]
    calibration: np.ndarray


def make_streams(plan: Plan, seed: int = 0) -> Streams:
    """Embeddings of drawn texts; the domain that comes in changes from stream to stream."""
    texts = json.loads((DATA / "data_full.json").read_text())
    domains = json.loads((DATA / "domains.json").read_text())
    domain_of = {intent: name for name, intents in domains.items() for intent in intents}
    rows = [(text, domain_of[i]) for part in ("train", "val", "test") for text, i in texts[part]]
    vectors = own_embeddings(TextColumn([text for text, _ in rows]).embeddings)
    of_domain = np.array([domain for _, domain in rows])
    random = np.random.default_rng(seed)
    target = "travel"
    inside = random.permutation(np.flatnonzero(of_domain != target))
    outside = np.flatnonzero(of_domain == target)
    reference, rest = inside[:REFERENCE], inside[REFERENCE:]

    def draw(streams: int, length: int, mixture: float) -> np.ndarray:
        found = []
        for _ in range(streams):
            before = random.choice(rest, WARM)
            new = random.random(length) < mixture
            after = np.where(new, random.choice(outside, length), random.choice(rest, length))
            found.append(vectors[np.concatenate((before, after))])
        return np.array(found)

    return Streams(
        vectors[reference],
        {0.0: draw(plan.null_streams, plan.null_length, 0.0)}
        | {mixture: draw(plan.streams, plan.length, mixture) for mixture in MIXTURES},
        draw(plan.null_streams, plan.null_length, 0.0),
    )


@dataclass(frozen=True)
class _Block:
    start: int
    events: int
    summary: VectorSum


def ours(streams: Streams, plan: Plan, every: int = 1) -> Callable[[np.ndarray], tuple[int, float]]:
    """Tidewatch: every event a block, four windows scanned at once, judged every so many events.

    The time is that of adding events up and of judging; the calibration, made once, is not in it.
    """
    blocks = [
        _Block(at, 1, VectorSum.empty().observe(v[None])) for at, v in enumerate(streams.reference)
    ]
    baseline = Baseline.of(blocks, block=1, windows=WINDOWS, random=np.random.default_rng(1))
    assert baseline is not None
    limit = -np.log(plan.expected_run)
    if not baseline.null.calibrated:
        _ = baseline.calibration

    def run(stream: np.ndarray) -> tuple[int, float]:
        begin = time.process_time()
        sums = np.concatenate(
            (np.zeros((1, stream.shape[1])), np.cumsum(stream, axis=0, dtype=np.float64))
        )
        for at in range(WARM + every, len(stream) + 1, every):
            now = [VectorSum.of(w, sums[at] - sums[at - w], 0.0) for w in WINDOWS]
            finding = baseline.judge(now, at, minimum=1, interval=every, level=limit)
            if finding is not None and finding.log_rate < limit:
                return at - WARM, time.process_time() - begin
        return -1, time.process_time() - begin

    return run


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
    detectors: dict[str, Callable[[np.ndarray], tuple[int, float]]] = {
        "Tidewatch": ours(streams, plan),
        SELDOM: ours(streams, plan, EVERY),
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
    results: dict[str, dict[str, Any]] = {}
    for name, run in detectors.items():
        firsts: dict[float, list[int]] = {}
        spent = events = 0.0
        for mixture, part in streams.by_mixture.items():
            ran = [run(stream) for stream in part]
            firsts[mixture] = [first for first, _ in ran]
            spent += sum(seconds for _, seconds in ran)
            events += sum(first if first > 0 else part.shape[1] - WARM for first, _ in ran)
        results[name] = {"first": firsts, "microseconds": 1e6 * spent / events}
        print(name, "done", file=sys.stderr, flush=True)
    if options.peer:
        for name, found in peers(options.peer, streams, plan).items():
            results[f"alibi-detect {name}"] = found
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
            f"{plan.length} events. River's detectors have thresholds fitted to the run length."
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
