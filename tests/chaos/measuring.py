"""Memory, open files and lag of processes, sampled from outside."""

import time
from collections.abc import Iterable

import httpx
import psutil
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

_MEGABYTE = 1024**2


class Use(Struct, frozen=True):
    """What a process holds: resident memory in MB, and open files."""

    megabytes: float
    files: int


def use_of(pid: int) -> Use:
    """What the process holds now."""
    process = psutil.Process(pid)
    return Use(round(process.memory_info().rss / _MEGABYTE, 1), process.num_fds())


def metric(port: int, name: str) -> float:
    """The sum of a metric over its labels, told by the process on a port; 0 if it is mute."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5, trust_env=False).text
    except httpx.TransportError:
        return 0.0
    families = text_string_to_metric_families(text)
    return sum(s.value for family in families for s in family.samples if s.name == name)


def slope(samples: Iterable[tuple[float, float]]) -> float:
    """Units an hour by which a quantity grows: least squares over (seconds, value)."""
    points = list(samples)
    if len(points) < 2:
        return 0.0
    middle = sum(x for x, _ in points) / len(points)
    mean = sum(y for _, y in points) / len(points)
    above = sum((x - middle) * (y - mean) for x, y in points)
    return 3600 * above / sum((x - middle) ** 2 for x, _ in points)


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(map(str, row)) for row in rows]
    titles = list(header)
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in [titles, ["---"] * len(titles), *lines]
    )


def pause_until(moment: float) -> None:
    """Sleep until a moment of the monotonic clock."""
    time.sleep(max(0.0, moment - time.monotonic()))
