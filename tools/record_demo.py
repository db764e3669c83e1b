"""Record the demo's screen as an SVG picture: ``python tools/record_demo.py docs/demo.svg``.

Runs ``tidewatch demo`` in a pseudo-terminal, for real, and keeps the first screen that shows an
alert which has fired and resolved.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

COLUMNS, LINES = 120, 40
LONGEST_SECONDS = 180
TITLE = "tidewatch demo"


def main(path: Path) -> int:
    """Record to ``path``; 1 when no alert fired and resolved in time."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    command = [sys.executable, "-m", "streams.cli.main", "demo", "--for", "120s"]
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    demo = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)  # noqa: S603
    os.close(slave)
    deadline = time.monotonic() + LONGEST_SECONDS
    seen = False
    try:
        while not seen and time.monotonic() < deadline and demo.poll() is None:
            if select.select([master], [], [], 0.5)[0]:
                stream.feed(os.read(master, 65536))
            shown = "\n".join(screen.display)
            seen = "resolved" in shown and "firing" in shown
        # A moment more, so that the picture is no half-drawn screen.
        until = time.monotonic() + 1.5
        while time.monotonic() < until and select.select([master], [], [], 0.2)[0]:
            stream.feed(os.read(master, 65536))
    finally:
        demo.terminate()
        _drain(master, demo)
    if not seen:
        sys.stderr.write("no alert fired and resolved in time: nothing was recorded\n")
        return 1
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
    last = max(number for number in range(LINES) if screen.display[number].strip())
    for line in range(last + 1):
        console.print(_line(screen, line), soft_wrap=True)
    # No font from elsewhere: any monospace one will do.
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title=TITLE), flags=re.DOTALL)
    path.write_text(svg)
    return 0


def _drain(master: int, demo: subprocess.Popen[bytes]) -> None:
    """Read until the demo has ended: nobody reading would hold it up."""
    while demo.poll() is None:
        if select.select([master], [], [], 0.2)[0]:
            try:
                os.read(master, 65536)
            except OSError:
                break
    demo.wait()


def _line(screen: pyte.Screen, number: int) -> Text:
    text = Text()
    for column in range(COLUMNS):
        cell = screen.buffer[number][column]
        style = Style(
            color=_colour(cell.fg),
            bgcolor=_colour(cell.bg),
            bold=cell.bold,
            italic=cell.italics,
            reverse=cell.reverse,
        )
        text.append(cell.data, style)
    return text


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if len(name) == 6 and all(c in "0123456789abcdef" for c in name):
        return f"#{name}"
    return {"brown": "yellow", "brightbrown": "bright_yellow"}.get(
        name, name.replace("bright", "bright_")
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
