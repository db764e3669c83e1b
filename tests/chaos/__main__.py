"""Chaos on demand: ``python -m tests.chaos --events 1000000 --kills 20``."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import structlog
import typer

from streams.logs import configure_logs
from streams.settings import LogSettings
from tests.chaos.actions import Action
from tests.chaos.run import Plan, Report, execute
from tests.chaos.schedule import Amounts, amounts_for, draw_schedule
from tests.chaos.servers import Servers, running_servers
from tests.chaos.shrink import shrink

log = structlog.get_logger(__name__)


def main(
    *,
    seed: Annotated[int, typer.Option(help="Decides traffic and schedule.")] = 1,
    runs: Annotated[int, typer.Option(help="Runs, with seeds that count up.")] = 1,
    events: Annotated[int, typer.Option(help="Events a run.")] = 60_000,
    rate: Annotated[float, typer.Option(help="Events a second.")] = 800.0,
    kills: Annotated[int | None, typer.Option(help="SIGKILLs of each process.")] = None,
    rebalances: Annotated[int | None, typer.Option(help="Workers that come and go.")] = None,
    broker_restarts: Annotated[int | None, typer.Option(help="SIGKILLs of the broker.")] = None,
    clickhouse_away: Annotated[
        float | None, typer.Option(help="Seconds that ClickHouse is away at a stretch.")
    ] = None,
    density: Annotated[float, typer.Option(help="Of all other actions: times as many.")] = 1.0,
    schedule: Annotated[
        Path | None, typer.Option(help="File with the actions (JSON) instead of drawn ones.")
    ] = None,
    quiet: Annotated[bool, typer.Option(help="No action at all: the undisturbed run.")] = False,
    shrinking: Annotated[
        bool, typer.Option("--shrink", help="Shrink a schedule that fails.")
    ] = False,
    minutes: Annotated[bool, typer.Option(help="Very late events, windows of a minute.")] = True,
    patience: Annotated[float, typer.Option(help="Most seconds to work off what is left.")] = 120.0,
    keep: Annotated[Path | None, typer.Option(help="Folder to keep logs and data in.")] = None,
    report: Annotated[Path | None, typer.Option(help="File to write reports to (JSON).")] = None,
) -> None:
    """Real servers and processes under a schedule of failures, held against an oracle."""
    configure_logs(LogSettings(format="console", level="warning"), process="chaos")
    amounts = _chosen(
        amounts_for(events / rate, density),
        kills=kills,
        rebalances=rebalances,
        broker_restarts=broker_restarts,
        clickhouse_away=clickhouse_away,
    )
    reports = []
    with tempfile.TemporaryDirectory(prefix="tidewatch-chaos-") as temporary:
        folder = keep or Path(temporary)
        with running_servers(folder / "servers") as servers:
            for number in range(seed, seed + runs):
                actions = draw_schedule(number, events / rate, amounts)
                if schedule is not None:
                    actions = msgspec.json.decode(schedule.read_bytes(), type=list[Action])
                plan = Plan(
                    seed=number,
                    events=events,
                    rate=rate,
                    actions=[] if quiet else actions,
                    minutes=minutes,
                    patience=patience,
                )
                found = execute(servers, plan, folder / f"run-{number}")
                print(found.told(), flush=True)
                reports.append(found)
                if found.differences and shrinking:
                    _shrink(servers, plan, folder)
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(reports)))
    sys.exit(any(found.differences for found in reports))


def _chosen(amounts: Amounts, **chosen: float | None) -> Amounts:
    given = {name: value for name, value in chosen.items() if value is not None}
    return msgspec.structs.replace(amounts, **given)


def _shrink(servers: Servers, plan: Plan, folder: Path) -> None:
    tries: list[Report] = []

    def fails(actions: list[Action]) -> bool:
        part = msgspec.structs.replace(plan, actions=actions)
        found = execute(servers, part, folder / f"shrink-{plan.seed}-{len(tries)}")
        tries.append(found)
        print(f"{len(actions)} actions: {'fails' if found.differences else 'passes'}", flush=True)
        return bool(found.differences)

    left = shrink(plan.actions, fails)
    print(f"seed {plan.seed} still fails with {len(left)} of {len(plan.actions)} actions:")
    print(msgspec.json.encode(left).decode())


if __name__ == "__main__":
    typer.run(main)
