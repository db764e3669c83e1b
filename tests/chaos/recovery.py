"""How long a worker of watch takes to have its state again: ``python -m tests.chaos.recovery``.

Panes of many segments come over some minutes of event time; then watch is killed and started.
"""

import json
import tempfile
import time
from pathlib import Path
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
_SEGMENTS_A_MESSAGE = 250


def main(
    *,
    segments: Annotated[int, typer.Option(help="Segments in state.")] = 2_000,
    seconds: Annotated[int, typer.Option(help="Event time that passes.")] = 600,
    signals: Annotated[int, typer.Option(help="Numbers and flags of each, half and half.")] = 20,
    restarts: Annotated[int, typer.Option(help="SIGKILLs.")] = 3,
) -> None:
    """Fill watch's state, kill it, and time its recovery from the changelog."""
    configure_logs(LogSettings(format="console", level="error"), process="recovery")
    with tempfile.TemporaryDirectory(prefix="tidewatch-recovery-") as temporary:
        folder = Path(temporary)
        with running_servers(folder / "servers") as servers:
            site = make_site(servers, "recovery", folder / "run", SCREEN, _PARTITIONS)
            fleet = Fleet(servers, site)
            try:
                fleet.start("watch-0")
                _send(site.settings, segments, seconds, signals)
                _await_applied(site.settings)
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
                    _send(site.settings, 0, 10, 0)
                    began = time.monotonic()
                    fleet.start("watch-0")
                    while len(entries := _restored(log)[known:]) < _PARTITIONS:
                        time.sleep(0.05)
                    took = time.monotonic() - began
                    print(f"{took:.1f} s from start to state: {sum(entries)} records", flush=True)
            finally:
                fleet.close()


def _send(settings: Settings, segments: int, seconds: int, signals: int) -> None:
    producer = Producer(client_config(settings.kafka, **{"compression.type": "zstd"}))
    start = int(time.time()) // 86400 * 86400
    name = topic_name(settings.kafka, PANES)
    summary = {
        f"signal.{n}": Raw(
            encode_summary(
                FlagCounts(5, 1) if n % 2 else Distribution.empty().observe([0.1 * n, 1.0, 7.0])
            )
        )
        for n in range(signals)
    }
    # A pane of each segment every ten seconds: as state goes, as good as one every second.
    for second in range(start, start + seconds, 10):
        for partition in range(_PARTITIONS):
            mine = range(partition, segments, _PARTITIONS)
            for first in range(0, max(len(mine), 1), _SEGMENTS_A_MESSAGE):
                panes = [
                    Pane(
                        start=second,
                        segment={"service_name": f"s{n}"},
                        events=5,
                        signals=summary,
                    )
                    for n in mine[first : first + _SEGMENTS_A_MESSAGE]
                ]
                last = first + _SEGMENTS_A_MESSAGE >= len(mine)
                batch = PaneBatch(
                    worker="recovery",
                    pane_seconds=10,
                    complete_until={"all": second + 10.0} if last else {},
                    panes=panes,
                )
                producer.produce(name, encode_pane_batch(batch), partition=partition)
                producer.poll(0)
        producer.flush(60)


def _await_applied(settings: Settings) -> None:
    wanted = end_offsets(settings.kafka, PANES)
    name = topic_name(settings.kafka, PANES)
    while committed_offsets(settings.kafka, settings.watch.application, name) != wanted:
        time.sleep(1)


def _restored(log: Path) -> list[int]:
    """Records of each partition restored so far."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    told = [json.loads(line) for line in lines if '"partition_restored"' in line and "}" in line]
    return [entry["entries"] for entry in told]


if __name__ == "__main__":
    typer.run(main)
