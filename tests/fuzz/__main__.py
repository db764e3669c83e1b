"""Long runs: ``python -m tests.fuzz --inputs 10000``; a finding is told with its number."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry

from schemas.signals import Signal
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.health import HealthServer
from streams.settings import ClickHouseSettings
from streams.store.setup import connect_by, prepare_store
from streams.store.signals import ensure_signal_columns
from tests.dashboards.site import serving
from tests.fuzz import contracts, files, http_inputs
from tests.fuzz.inputs import Make, changed_bytes
from tests.fuzz.run import fuzz

Targets = dict[str, tuple[Make, Callable[[Any], None]]]


def served(stack: ExitStack) -> Targets:
    """Targets behind servers, which run until the stack is closed."""
    folder = Path(stack.enter_context(TemporaryDirectory()))
    server = stack.enter_context(EmbeddedClickHouse(folder / "clickhouse"))
    settings = ClickHouseSettings(url=server.url, database="fuzzed")
    prepare_store(settings)
    latency = Signal(name="latency", kind="amount", unit="s", description="Latency.")
    ensure_signal_columns(connect_by(settings), [latency])
    page = stack.enter_context(serving(server.url, "fuzzed", folder / "monitors"))
    health = HealthServer("127.0.0.1", 0, CollectorRegistry(), ready=lambda: "", alive=lambda: "")
    stack.callback(health.close)
    return {
        "store": (changed_bytes(http_inputs.STORE), http_inputs.store(server.port)),
        "page": (changed_bytes(http_inputs.PAGE), http_inputs.page(int(page.rpartition(":")[2]))),
        "health": (changed_bytes(http_inputs.HEALTH), http_inputs.health(health.port)),
    }


def main() -> Iterator[str]:
    """Run what was asked for; gives a line a target and finding."""
    parser = argparse.ArgumentParser(description="Feed every reader bad input.")
    parser.add_argument("--inputs", type=int, default=10_000, help="inputs a target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", action="append", help="only these; repeatable")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        known: Targets = contracts.targets() | files.targets() | http_inputs.targets()
        names = {*known, "store", "page", "health"}
        wanted = set(arguments.target or names)
        if unknown := wanted - names:
            parser.error(f"no target {', '.join(unknown)}; there are {', '.join(sorted(names))}")
        if wanted & {"store", "page", "health"}:
            known |= served(stack)
        for name in sorted(wanted):
            begun = time.perf_counter()
            found = list(fuzz(name, *known[name], inputs=arguments.inputs, seed=arguments.seed))
            took = time.perf_counter() - begun
            yield f"{name}: {arguments.inputs:,} inputs, {len(found)} findings, {took:.0f} s"
            for each in found[:20]:
                yield f"  number {each.number}: {each.problem}\n    {each.value!r:.400}"


if __name__ == "__main__":
    failed = False
    for line in main():
        failed = failed or line.startswith("  ")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    sys.exit(failed)
