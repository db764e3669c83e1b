"""Runs planted defects: ``python -m tests.chaos.mutants [--only NAME]``; a table of what is caught.

A harness that lets a planted defect pass proves nothing about those that nobody planted.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from streams.logs import configure_logs
from streams.settings import LogSettings
from tests.chaos.mutations import Mutant, all_mutants
from tests.chaos.run import Plan, execute
from tests.chaos.servers import Servers, running_servers


class Outcome(Struct, frozen=True):
    """What came of a mutant: ``by`` tells the first difference that it made."""

    name: str
    caught: bool
    by: str
    seconds: float


def main(
    *,
    only: Annotated[list[str] | None, typer.Option(help="Names; all without.")] = None,
    seed: Annotated[int, typer.Option(help="Decides the traffic.")] = 1,
    tries: Annotated[int, typer.Option(help="Runs before a mutant counts as survived.")] = 2,
    control: Annotated[
        bool, typer.Option(help="Run every schedule without its defect: all must pass.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="File to write outcomes to (JSON).")] = None,
) -> None:
    """Plant defects one by one, and tell which the harness catches."""
    configure_logs(LogSettings(format="console", level="error"), process="mutants")
    chosen = [m for m in all_mutants() if not only or m.name in only]
    if unknown := set(only or ()) - {m.name for m in chosen}:
        raise typer.BadParameter(f"no mutant is called {', '.join(sorted(unknown))}")
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="tidewatch-mutants-") as temporary:
        folder = Path(temporary)
        with running_servers(folder / "servers") as servers:
            if control:
                outcomes = _control(servers, chosen, folder, seed)
            else:
                for mutant in chosen:
                    outcomes.append(_try(servers, mutant, folder, seed, tries))
                    _print(outcomes[-1], "caught", "SURVIVED")
    wanted = sum(outcome.caught is not control for outcome in outcomes)
    print(f"{wanted} of {len(outcomes)} " + ("schedules pass" if control else "are caught"))
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(outcomes)))
    sys.exit(wanted < len(outcomes))


def _try(servers: Servers, mutant: Mutant, folder: Path, seed: int, tries: int) -> Outcome:
    defective = folder / f"{mutant.name}.py"
    defective.write_text(mutant.patched())
    planted = f"{mutant.module}={defective}"
    began = time.monotonic()
    found = [""]
    for number in range(tries):
        found = _differences(
            servers,
            mutant.run_plan(seed + number),
            folder / f"{mutant.name}-{number}",
            planted,
        )
        if found:
            break
    seconds = round(time.monotonic() - began, 1)
    return Outcome(mutant.name, bool(found), (found or [""])[0][:160], seconds)


def _control(servers: Servers, mutants: list[Mutant], folder: Path, seed: int) -> list[Outcome]:
    """Each distinct schedule on the source as it is."""
    outcomes: list[Outcome] = []
    known: list[Plan] = []
    for mutant in mutants:
        plan = mutant.run_plan(seed)
        if plan in known:
            continue
        known.append(plan)
        began = time.monotonic()
        found = _differences(servers, plan, folder / f"control-{mutant.name}", "")
        seconds = round(time.monotonic() - began, 1)
        outcomes.append(Outcome(mutant.name, bool(found), "; ".join(found)[:300], seconds))
        _print(outcomes[-1], "FAILS", "passes")
    return outcomes


def _differences(servers: Servers, plan: Plan, folder: Path, planted: str) -> list[str]:
    try:
        return execute(servers, plan, folder, planted).differences
    except TimeoutError as error:
        return [f"the run could not be done: {error}"]


def _print(outcome: Outcome, caught: str, survived: str) -> None:
    verdict = caught if outcome.caught else survived
    print(f"| {outcome.name} | {verdict} | {outcome.seconds:.0f} s | {outcome.by} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
