"""More events than score can take, then fewer: ``python -m tests.chaos.overload``.

First a backlog tells the capacity; then 1.5 times as much comes for a while, then half of it until
nothing is behind. Memory, the lag that score reports and the lag that Kafka knows are sampled all
the time, and in the end all that was sent is held against the oracle.
"""

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from schemas.topics import INFERENCE
from streams.kafka import topic_name
from streams.logs import configure_logs
from streams.ports import free_port
from streams.settings import LogSettings, Settings
from tests.chaos.checking import check
from tests.chaos.fleet import LATENESS_SECONDS, Fleet, make_site
from tests.chaos.measuring import Use, metric, pause_until, table, use_of
from tests.chaos.oracle import Oracle
from tests.chaos.sending import Sender
from tests.chaos.servers import running_servers
from tests.chaos.settling import settle
from tests.chaos.topics import end_offsets
from tests.chaos.traffic import Traffic
from tests.committed import committed_offsets
from tests.e2e.objective import SCREEN

_BACKLOG_RATE = 4_000.0


def main(
    *,
    seconds: Annotated[float, typer.Option(help="How long the overload lasts.")] = 90.0,
    factor: Annotated[float, typer.Option(help="Of the capacity.")] = 1.5,
    backlog: Annotated[int, typer.Option(help="Events that tell the capacity.")] = 60_000,
    all_detectors: Annotated[bool, typer.Option(help="Every detector, as by default.")] = True,
    seed: Annotated[int, typer.Option(help="Decides the traffic.")] = 1,
) -> None:
    """Overload score, and see what grows and whether it recovers."""
    configure_logs(LogSettings(format="console", level="error"), process="overload")
    score = {"detectors_off": ()} if all_detectors else {}
    with tempfile.TemporaryDirectory(prefix="tidewatch-overload-") as temporary:
        folder = Path(temporary)
        with running_servers(folder / "servers") as servers:
            site = make_site(servers, "overload", folder / "run", SCREEN, 4, **score)
            port = free_port()
            fleet = Fleet(servers, site, ports={"score-0": port})
            oracle = Oracle(LATENESS_SECONDS, feedback_waits=math.inf)
            sender = Sender(site.settings.kafka, Traffic(seed, []), oracle, 10**9, _BACKLOG_RATE)
            try:
                differences = _phases(
                    fleet, sender, oracle, site.settings, port, seconds, factor, backlog
                )
            finally:
                sender.stop()
                fleet.close()
    for difference in differences:
        print(f"DIFFERENCE: {difference}")
    sys.exit(bool(differences))


def _phases(
    fleet: Fleet,
    sender: Sender,
    oracle: Oracle,
    settings: Settings,
    port: int,
    seconds: float,
    factor: float,
    backlog: int,
) -> list[str]:
    sender.start()
    while sender.sent < backlog:
        time.sleep(0.05)
    sender.hold()
    for name in ("score-0", "watch-0", "sink-0"):
        fleet.start(name)
    while not fleet.ready("score-0", "score_started"):
        time.sleep(0.2)
    capacity = _drain(settings)
    print(f"capacity: {capacity:.0f} events/s")
    sender.rate = factor * capacity
    sender.release()
    print(f"{sender.rate:.0f} events/s for {seconds:.0f} s")
    samples = _sample(fleet, settings, port, seconds)
    worst = samples[-1][2]
    sender.rate = capacity / 2
    began = time.monotonic()
    while (behind := _lag(settings)) > capacity:
        samples.append(_look(fleet, settings, port, seconds + time.monotonic() - began))
        time.sleep(2)
    took = time.monotonic() - began
    print(
        table(
            ("s", "lag reported", "lag", "MB", "files"),
            map(_row, samples[:: len(samples) // 12 or 1]),
        )
    )
    early = max(s[3].megabytes for s in samples[: len(samples) // 3])
    late = max(s[3].megabytes for s in samples)
    print(
        f"lag grew to {worst}; at half the capacity it was gone ({behind} left, less than a "
        f"second's worth) after {took:.0f} s; "
        f"score held at most {early:.0f} MB in the first third and {late:.0f} MB over all"
    )
    sender.stop()
    settle(settings, oracle.settled_at, 120, fleet.keep)
    ten = oracle.settled_at - LATENESS_SECONDS - 5
    # Clients are slower than lateness grants while the machine is overloaded: windows, not alerts.
    return check(settings, oracle, {10: ten}, alerts=False)


_Sample = tuple[float, float, int, Use]


def _row(sample: _Sample) -> tuple[object, ...]:
    at, reported, lag, use = sample
    return round(at), round(reported), lag, use.megabytes, use.files


def _look(fleet: Fleet, settings: Settings, port: int, at: float) -> _Sample:
    reported = metric(port, "tidewatch_score_lag_messages")
    return at, reported, _lag(settings), use_of(fleet.pid("score-0"))


def _sample(fleet: Fleet, settings: Settings, port: int, seconds: float) -> list[_Sample]:
    began = time.monotonic()
    samples = []
    while (at := time.monotonic() - began) < seconds:
        samples.append(_look(fleet, settings, port, at))
        pause_until(began + at + 2.0)
    return samples


def _lag(settings: Settings) -> int:
    name = topic_name(settings.kafka, INFERENCE)
    committed = committed_offsets(settings.kafka, settings.score.group, name)
    ends = end_offsets(settings.kafka, INFERENCE)
    return sum(end - committed.get(p, 0) for p, end in ends.items())


def _drain(settings: Settings) -> float:
    """Events a second at which a backlog goes."""
    whole = _lag(settings)
    while (first := _lag(settings)) == whole:
        time.sleep(0.05)
    began = time.monotonic()
    last, at = first, began
    while (left := _lag(settings)) > whole // 10:
        last, at = left, time.monotonic()
        time.sleep(0.2)
    if last == first:
        raise RuntimeError(f"{whole} events went at once: take a larger --backlog")
    return (first - last) / (at - began)


if __name__ == "__main__":
    typer.run(main)
