"""Results as tables: on the terminal, and as a section of docs/benchmarks.md."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BUSY_LOAD: Final = 0.5
"""A load average above this, before anything was started, makes figures doubtful."""


@dataclass(frozen=True, slots=True)
class Results:
    """A table of results with the sentence that explains it. The first column names the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def show(self, console: Console) -> None:
        """Print it."""
        table = Table(title=self.title, title_justify="left", caption=self.note or None)
        table.caption_justify = "left"
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="left" if number == 0 else "right")
        for row in self.rows:
            table.add_row(*(cell.replace("**", "") for cell in row))
        console.print(table)

    def markdown(self) -> str:
        """The same as Markdown."""
        aligned = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, aligned, *self.rows)]
        return "\n".join([f"### {self.title}", "", *([self.note, ""] if self.note else []), *lines])


def machine() -> dict[str, Any]:
    """Where and when figures were taken; ``load`` is what the machine was busy with before."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def describe(where: dict[str, Any], command: str) -> str:
    """The machine and the command, in a sentence or two."""
    text = (
        f"{where['date']}, {where['cores']} cores of {where['processor']}, "
        f"{where['memory_gib']} GiB, {where['system']}, Python {where['python']}: `{command}`"
    )
    if where["load"] > BUSY_LOAD:
        text += f". The machine was busy (load average {where['load']} before the start)"
    return text + "."


def write_section(name: str, title: str, text: str, page: Path = PAGE) -> None:
    """Replace the page's section of that name, which stands between two comments; else add it."""
    begin, end = f"<!-- {name}: written by its benchmark -->", f"<!-- end of {name} -->"
    section = f"{begin}\n## {title}\n\n{text}\n{end}"
    old = page.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(old):
        page.write_text(pattern.sub(lambda _: section, old))
    else:
        page.write_text(f"{old.rstrip()}\n\n{section}\n")


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()
