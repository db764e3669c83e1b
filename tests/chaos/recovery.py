"""How long a worker of watch takes to have its state again: ``python -m tests.chaos.recovery``.

Panes of many segments come over hours of event time; monitors remember the past of each: a day's
objective, bounds over an hour, drift against sixteen hours. Then watch is killed and started.
"""

import json
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from confluent_kafka import Producer
from msgspec import Raw

from detectors.summaries import Distribution, FlagCounts, encode_summary
from schemas.panes import Pane, PaneBatch, encode_pane_batch
from schemas.topics import PANES
from streams.kafka import client_config, topic_name
from streams.logs import configure_logs
from streams.settings import LogSettings, Settings
from tests.chaos.fleet import Fleet, make_site
from tests.chaos.measuring import use_of
from tests.chaos.servers import running_servers
from tests.chaos.topics import end_offsets
from tests.committed import committed_offsets
from tests.e2e.objective import SCREEN

_PARTITIONS = 2
_EVENTS = 20
_SEGMENTS_A_MESSAGE = 250
_APART_SECONDS = 600
"""A pane of each segment so often: what is remembered is as much as with one every second."""

_MONITORS = """---
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: slow}
spec:
  {signal: latency, statistic: p95, window: 1h, service: shop, by: [labels.customer], upper: 60s,
   severity: ticket}
---
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: errors}
spec:
  {signal: error, statistic: rate, window: 1d, service: shop, by: [labels.customer], upper: 50%,
   severity: ticket}
---
apiVersion: tidewatch/v1
kind: DriftMonitor
metadata: {name: drift}
spec:
  service: shop
  by: [labels.customer]
  signals: [latency, error]
  windows: [10m, 1h]
  reference: {trailing: 16h}
  severity: ticket
"""


def main(
    *,
    segments: Annotated[int, typer.Option(help="Segments in state.")] = 2_000,
    hours: Annotated[int, typer.Option(help="Event time that passes.")] = 17,
    restarts: Annotated[int, typer.Option(help="SIGKILLs.")] = 3,
) -> None:
    """Fill watch's state, kill it, and time its recovery from the changelog."""
    configure_logs(LogSettings(format="console", level="error"), process="recovery")
    with tempfile.TemporaryDirectory(prefix="tidewatch-recovery-") as temporary:
        folder = Path(temporary)
        with running_servers(folder / "servers") as servers:
            site = make_site(servers, "recovery", folder / "run", SCREEN + _MONITORS, _PARTITIONS)
            fleet = Fleet(servers, site)
            try:
                fleet.start("watch-0")
                _send(site.settings, segments, hours * 3600)
                _await_applied(site.settings, fleet)
                log = site.folder / "watch-0.log"
                size = sum(
                    file.stat().st_size
                    for file in (servers.kafka.data_dir / "topics").glob("*changelog*/*.log")
                )
                print(f"changelog: {size / 1024**2:.0f} MB; {use_of(fleet.pid('watch-0'))}")
                for _ in range(restarts):
                    fleet.kill("watch-0")
                    known = len(_restored(log))
                    # A partition is restored when its first message comes.
                    _send(site.settings, 0, _APART_SECONDS)
                    began = time.monotonic()
                    fleet.start("watch-0")
                    while len(entries := _restored(log)[known:]) < _PARTITIONS:
                        _still_running(fleet)
                        time.sleep(0.05)
                    took = time.monotonic() - began
                    print(f"{took:.1f} s from start to state: {sum(entries)} records", flush=True)
            finally:
                fleet.close()


def _send(settings: Settings, segments: int, seconds: int) -> None:
    producer = Producer(client_config(settings.kafka, **{"compression.type": "zstd"}))
    start = int(time.time()) // 86400 * 86400 - 86400
    name = topic_name(settings.kafka, PANES)
    random = Random(1)
    kinds = [_summaries(random) for _ in range(5_000)]
    for second in range(start, start + seconds, _APART_SECONDS):
        for partition in range(_PARTITIONS):
            mine = range(partition, segments, _PARTITIONS)
            for first in range(0, len(mine), _SEGMENTS_A_MESSAGE):
                panes = [
                    Pane(
                        start=second,
                        segment={"labels.customer": f"c{n}", "service_name": "shop"},
                        events=_EVENTS,
                        signals=random.choice(kinds),
                    )
                    for n in mine[first : first + _SEGMENTS_A_MESSAGE]
                ]
                batch = PaneBatch(
                    worker="recovery",
                    pane_seconds=10,
                    complete_until={},
                    panes=panes,
                )
                producer.produce(name, encode_pane_batch(batch), partition=partition)
                producer.poll(0)
    # All at once, so that watch looks at a few hundred moments and not at every ten seconds.
    end = PaneBatch(
        worker="recovery", pane_seconds=10, complete_until={"all": float(start + seconds)}, panes=[]
    )
    for partition in range(_PARTITIONS):
        producer.produce(name, encode_pane_batch(end), partition=partition)
    producer.flush(60)


def _summaries(random: Random) -> dict[str, Raw]:
    latencies = [random.lognormvariate(-1, 0.5) for _ in range(_EVENTS)]
    return {
        "latency": Raw(encode_summary(Distribution.empty().observe(latencies))),
        "error": Raw(encode_summary(FlagCounts(_EVENTS, int(random.random() < 0.3)))),
    }


def _await_applied(settings: Settings, fleet: Fleet) -> None:
    wanted = end_offsets(settings.kafka, PANES)
    name = topic_name(settings.kafka, PANES)
    while committed_offsets(settings.kafka, settings.watch.application, name) != wanted:
        _still_running(fleet)
        time.sleep(1)


def _still_running(fleet: Fleet) -> None:
    fleet.keep()
    if fleet.ended:
        raise RuntimeError(f"watch ended by itself: {fleet.ended[0].tail}")


def _restored(log: Path) -> list[int]:
    """Records of each partition restored so far."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    told = [json.loads(line) for line in lines if '"partition_restored"' in line and "}" in line]
    return [entry["entries"] for entry in told]


if __name__ == "__main__":
    typer.run(main)
