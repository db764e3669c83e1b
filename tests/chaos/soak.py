"""Thirty days in minutes: ``python -m tests.chaos.soak --minutes 60``.

All processes get one clock that runs fast, and events get their times from it: windows close,
segments and state expire, retention comes due as they would over the days. Memory, open files,
the changelog and the tables are sampled all the time.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from msgspec import Struct

from streams.logs import configure_logs
from streams.settings import LogSettings
from streams.store.setup import connect_by
from tests.chaos.checking import check
from tests.chaos.clocks import Clock
from tests.chaos.fleet import Fleet, make_site
from tests.chaos.measuring import Use, pause_until, slope, table, use_of
from tests.chaos.oracle import Oracle
from tests.chaos.sending import Sender
from tests.chaos.servers import Servers, running_servers
from tests.chaos.settling import settle
from tests.chaos.traffic import Traffic
from tests.e2e.conftest import Site
from tests.e2e.objective import SCREEN

_DAY = 86_400.0
_PROCESSES = ("score-0", "watch-0", "sink-0")
_LOOKS = 40
_PATIENCE = 3.0
"""Seconds of real time that an event may take to Kafka."""


class Sample(Struct, frozen=True):
    """One look: seconds since the begin, what processes hold, servers' MB, rows by table."""

    at: float
    use: dict[str, Use]
    servers: dict[str, float]
    changelog: int
    rows: dict[str, int]


def main(
    *,
    minutes: Annotated[float, typer.Option(help="How long it takes.")] = 60.0,
    days: Annotated[float, typer.Option(help="How much time passes for the processes.")] = 30.0,
    rate: Annotated[float, typer.Option(help="Events a second of real time.")] = 40.0,
    seed: Annotated[int, typer.Option(help="Decides the traffic.")] = 1,
) -> None:
    """Let days go by, and see what grows."""
    configure_logs(LogSettings(format="console", level="error"), process="soak")
    speed = days * _DAY / (60 * minutes)
    with tempfile.TemporaryDirectory(prefix="tidewatch-soak-") as temporary:
        folder = Path(temporary)
        with running_servers(folder / "servers") as servers:
            site = make_site(
                servers,
                "soak",
                folder / "run",
                SCREEN,
                2,
                lateness_seconds=_PATIENCE * speed,
                duplicate_horizon_seconds=30 * speed,
            )
            clock = Clock(folder / "clock")
            clock.set(offset=-days * _DAY, speed=speed)
            site.settings = site.settings.model_copy(
                update={"watch": site.settings.watch.model_copy(update={"stall_seconds": 1e9})}
            )
            differences = _soak(servers, site, clock, speed, minutes, rate, seed)
    for difference in differences:
        print(f"DIFFERENCE: {difference}")
    sys.exit(bool(differences))


def _soak(
    servers: Servers,
    site: Site,
    clock: Clock,
    speed: float,
    minutes: float,
    rate: float,
    seed: int,
) -> list[str]:
    oracle = Oracle(_PATIENCE * speed)
    events = int(60 * minutes * rate)
    fleet = Fleet(servers, site, clock=clock)
    sender = Sender(site.settings.kafka, Traffic(seed, []), oracle, events, rate, clock=clock.now)
    try:
        for name in _PROCESSES:
            fleet.start(name)
        while not fleet.ready("score-0", "score_started"):
            time.sleep(0.2)
        sender.start()
        samples = _sample(servers, site, fleet, sender, 60 * minutes / _LOOKS)
        sender.stop()
        _print(samples)
        closed = time.time() + max(0.0, (oracle.settled_at - clock.now()) / speed) + 1
        settle(site.settings, closed, 180, fleet.keep)
        client = connect_by(site.settings.clickhouse)
        found = [*_retention(client), *(f"{e.name} ended by itself" for e in fleet.ended)]
        client.close()
        # Rows that are older than retention have gone: events and dead letters are all there.
        return found + check(site.settings, oracle, {}, alerts=False)
    finally:
        sender.stop()
        fleet.close()


def _sample(
    servers: Servers, site: Site, fleet: Fleet, sender: Sender, seconds: float
) -> list[Sample]:
    began = time.monotonic()
    client = connect_by(site.settings.clickhouse)
    samples = []
    while not sender.done:
        pause_until(began + seconds * (len(samples) + 1))
        fleet.keep()
        rows = client.query(
            "SELECT table, sum(rows) FROM system.parts WHERE active AND database = "
            "currentDatabase() GROUP BY table"
        ).result_rows
        samples.append(
            Sample(
                at=time.monotonic() - began,
                use={name: use_of(fleet.pid(name)) for name in _PROCESSES},
                servers={
                    name: round(servers.memory(name) / 1024**2) for name in ("kafka", "clickhouse")
                },
                changelog=_changelog_bytes(servers, site),
                rows={row[0]: row[1] for row in rows},
            )
        )
    client.close()
    return samples


def _changelog_bytes(servers: Servers, site: Site) -> int:
    name = f"{site.settings.watch.application}-"
    folders = (servers.kafka.data_dir / "topics").glob(f"{name}*changelog*")
    return sum(file.stat().st_size for folder in folders for file in folder.glob("*.log"))


def _print(samples: list[Sample]) -> None:
    chosen = samples[:: max(1, len(samples) // 10)]
    tables = ("raw_events", "raw_windows", "raw_dead_letters")
    print(
        table(
            ("s", *_PROCESSES, "files", "kafka", "clickhouse", "changelog MB", *tables),
            (
                (
                    round(s.at),
                    *(s.use[name].megabytes for name in _PROCESSES),
                    "/".join(str(s.use[name].files) for name in _PROCESSES),
                    s.servers["kafka"],
                    s.servers["clickhouse"],
                    round(s.changelog / 1024**2, 1),
                    *(s.rows.get(t, 0) for t in tables),
                )
                for s in chosen
            ),
        )
    )
    half = samples[len(samples) // 2 :]
    for name in _PROCESSES:
        grows = slope((s.at, s.use[name].megabytes) for s in half)
        files = slope((s.at, s.use[name].files) for s in half)
        print(f"{name}, second half: {grows:+.1f} MB and {files:+.1f} files an hour")


def _retention(client: Client) -> list[str]:
    """What merges have kept beyond its time."""
    client.command("OPTIMIZE TABLE raw_windows FINAL")
    old = client.query(
        "SELECT resolution_seconds, count() FROM raw_windows WHERE (resolution_seconds = 10 AND "
        "start < now() - INTERVAL 3 DAY) GROUP BY resolution_seconds"
    ).result_rows
    return [f"{count} windows of {tier} s are kept beyond retention" for tier, count in old]


if __name__ == "__main__":
    typer.run(main)
