"""What people who look at live pages cost: ``python -m benchmarks.page_viewers [--write]``.

Starts the embedded servers and the real processes in a temporary folder, sends steady traffic, and
measures when Chromium paints every page; then without viewers, with 50 of them, and without again:
processor time of the page, of ClickHouse and of score, and how long after its time an event was
stored. In the end, when no traffic comes any more, the paints once more. About five minutes.
"""

import argparse
import asyncio
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from benchmarks.first_paint import Paint, first_paints, paint_table
from benchmarks.kafka_io import outgoing
from benchmarks.metrics import read_metrics, total
from benchmarks.page import Results, describe, machine, write_section
from benchmarks.processes import BenchmarkFailed, Sampler
from benchmarks.traffic import Pool, make_pool
from streams.replay.kafka_target import KafkaTarget
from streams.settings import load_settings
from streams.stack import PROCESSES, Stack
from streams.store.setup import connect_by

MONITORS: Final = Path(__file__).parents[1] / "examples" / "monitors"
EVENT_BYTES: Final = 2_000
WARM_UP_SECONDS: Final = 65.0
SETTLE_SECONDS: Final = 6.0
LOOKING: Final = {
    "overview?range=1h": 20,
    "overview?range=1h&application=shop-search": 5,
    "overview?range=1h&application=support-assistant": 5,
    "objectives?range=24h": 10,
    "quality?range=6h": 5,
    "releases?range=24h": 5,
}
"""How many people look at which live page: 50."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the run. Processor seconds a second; delays in seconds."""

    name: str
    page: float
    clickhouse: float
    score: float
    events_per_second: float
    delay_p50: float
    delay_p95: float
    kilobytes_a_viewer: float


class Traffic(threading.Thread):
    """Sends events at a steady rate until it is stopped."""

    def __init__(self, stack: Stack, pool: Pool, rate: int) -> None:
        super().__init__(daemon=True)
        self._target = KafkaTarget(stack.settings.kafka)
        self._pool, self._rate = pool, rate
        self.ending = threading.Event()

    def run(self) -> None:
        """Send."""
        begin, number = time.time(), 0
        while not self.ending.is_set():
            due = begin + number / self._rate
            if due > (now := time.time()):
                time.sleep(max(0.01, due - now))
            event_id, value = self._pool.message("viewed", number, due)
            self._target.send(outgoing(event_id, value, due))
            number += 1
        if lost := self._target.close():
            raise BenchmarkFailed(f"messages were lost on the way to Kafka: {lost}")


class Viewers:
    """People with live pages open, in a thread of their own."""

    def __init__(self, url: str, looking: dict[str, int]) -> None:
        self._url, self._looking = url, looking
        self._received: list[int] = []
        self._ending: asyncio.Event | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Viewers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._ending is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    @property
    def kilobytes(self) -> float:
        """What each received so far, on average."""
        return sum(self._received) / max(len(self._received), 1) / 1000

    def _run(self) -> None:
        self._loop.run_until_complete(self._look())

    async def _look(self) -> None:
        self._ending = asyncio.Event()
        limits = httpx.Limits(max_connections=1000)
        async with httpx.AsyncClient(base_url=self._url, timeout=None, limits=limits) as client:

            async def look(place: int, address: str) -> None:
                async with client.stream("GET", f"/live/{address}") as answer:
                    answer.raise_for_status()
                    async for chunk in answer.aiter_bytes():
                        self._received[place] += len(chunk)

            addresses = [a for a, people in self._looking.items() for _ in range(people)]
            self._received = [0] * len(addresses)
            viewers = [asyncio.create_task(look(n, a)) for n, a in enumerate(addresses)]
            await self._ending.wait()
            for viewer in viewers:
                viewer.cancel()
            await asyncio.gather(*viewers, return_exceptions=True)


def measure(
    folder: Path, console: Console, *, rate: int, seconds: float
) -> tuple[list[Phase], list[Paint], list[Paint]]:
    """Run everything; give three phases, and first paints beside the traffic and without."""
    settings = load_settings(data_dir=folder, monitors=MONITORS)
    pool = make_pool(EVENT_BYTES)
    with Stack(settings, processes=PROCESSES) as stack, Sampler() as sampler:
        stack.wait_ready(120)
        traffic = Traffic(stack, pool, rate)
        traffic.start()
        time.sleep(WARM_UP_SECONDS)
        http = stack.settings.http
        url = f"http://{http.host}:{http.page_port}"
        found = []
        try:
            paints = first_paints(url)
            for name, looking in (("nobody", {}), ("50 people", LOOKING), ("nobody again", {})):
                with Viewers(url, looking) as viewers:
                    time.sleep(SETTLE_SECONDS)
                    found.append(phase(stack, sampler, viewers, name, seconds))
                    console.print(found[-1])
        finally:
            traffic.ending.set()
            traffic.join()
        time.sleep(SETTLE_SECONDS)
        return found, paints, first_paints(url)


def phase(stack: Stack, sampler: Sampler, viewers: Viewers, name: str, seconds: float) -> Phase:
    """Measure for so long."""
    http = stack.settings.http
    page = [cpu_seconds(read_metrics(http, "page"))]
    score = [read_metrics(http, "score")]
    begin = time.time()
    time.sleep(seconds)
    end = time.time()
    page.append(cpu_seconds(read_metrics(http, "page")))
    score.append(read_metrics(http, "score"))
    time.sleep(3)  # until what was sent last is stored
    delays = connect_by(stack.settings.clickhouse).query(
        "SELECT quantilesExact(0.5, 0.95)(dateDiff('millisecond', time, scored_at) / 1000) "
        "FROM raw_events WHERE time >= fromUnixTimestamp64Milli({begin:Int64}) "
        "AND time < fromUnixTimestamp64Milli({end:Int64})",
        parameters={"begin": int(begin * 1000), "end": int(end * 1000)},
    )
    p50, p95 = delays.result_rows[0][0]
    took = end - begin
    events = [total(each, "tidewatch_score_events_total") for each in score]
    return Phase(
        name=name,
        page=(page[1] - page[0]) / took,
        clickhouse=sampler.cpu_seconds("clickhouse", begin, end) / took,
        score=(cpu_seconds(score[1]) - cpu_seconds(score[0])) / took,
        events_per_second=(events[1] - events[0]) / took,
        delay_p50=p50,
        delay_p95=p95,
        kilobytes_a_viewer=viewers.kilobytes,
    )


def cpu_seconds(metrics: dict[tuple[str, str], float]) -> float:
    """Processor seconds a process has used."""
    return metrics["process_cpu_seconds_total", ""]


def table(phases: list[Phase], rate: int) -> Results:
    """The figures as a table."""
    rows = [
        [
            each.name,
            f"{each.page:.3f}",
            f"{each.clickhouse:.3f}",
            f"{each.score:.3f}",
            f"{each.events_per_second:.0f}",
            f"{each.delay_p50:.2f} s",
            f"{each.delay_p95:.2f} s",
            f"{each.kilobytes_a_viewer:.0f} kB",
        ]
        for each in phases
    ]
    return Results(
        title="50 people at live pages",
        columns=(
            "who looks",
            "page, cores",
            "ClickHouse, cores",
            "score, cores",
            "events/s",
            "delay, half",
            "delay, 95 %",
            "sent to each",
        ),
        rows=rows,
        note=f"Steady traffic of {rate} events/s of 2 kB; the delay is from an event's time until "
        "score had scored it. Six pages, 20 people at the same one.",
    )


def main() -> None:
    """Measure, show, and with ``--write`` put the figures into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.page_viewers")
    parser.add_argument("--rate", type=int, default=300, help="events a second")
    parser.add_argument("--seconds", type=float, default=30, help="of each phase")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    console = Console(highlight=False)
    where: dict[str, Any] = machine()
    command = f"python -m benchmarks.page_viewers --rate {options.rate}"
    with tempfile.TemporaryDirectory(prefix="tidewatch-viewers-") as folder:
        phases, paints, alone = measure(
            Path(folder), console, rate=options.rate, seconds=options.seconds
        )
    opened = (
        "Chromium on the same machine, without a cache at every opening. `/health/live` is one "
        "line of text: what the browser alone takes"
    )
    results = [
        table(phases, options.rate),
        paint_table(paints, "First paint beside the traffic", f"{opened}; medians of five."),
        paint_table(alone, "First paint without traffic", "The same afterwards."),
    ]
    for each in results:
        each.show(console)
    if options.write:
        text = "\n\n".join([describe(where, command), *(each.markdown() for each in results)])
        write_section("page_viewers", "People who look", text)


if __name__ == "__main__":
    main()
