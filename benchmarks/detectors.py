"""The default detectors by source left out of training, beside baselines and peers.

Run as ``python -m benchmarks.detectors [--quick] [--only PART ...] [--data DIR] [--json FILE]
[--write]``; needs the public data sets (``../shared/data``) and, for the peers, the extra
``bench``. About fifteen minutes on one core: models are trained anew without every judged source.
``--quick`` judges little, by shipped models where training takes long.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console

from benchmarks import detector_peers as peers
from benchmarks.detector_gibberish import gibberish
from benchmarks.detector_hallucination import hallucination
from benchmarks.detector_injection import injection
from benchmarks.detector_privacy import privacy
from benchmarks.detector_privacy_peers import PRIVACY
from benchmarks.detector_task import Part
from benchmarks.detector_toxicity import toxicity
from benchmarks.page import describe, machine, write_section
from training.measures import RESAMPLES
from training.texts import DATA


class Judge(Protocol):
    """Judges one detector."""

    def __call__(self, data: Path, *, quick: bool) -> Part:
        """All of it, or a little."""
        ...


PARTS: Final[dict[str, Judge]] = {
    "toxicity": toxicity,
    "hallucination": hallucination,
    "injection": injection,
    "gibberish": gibberish,
    "privacy": privacy,
}
SECTION: Final = "detectors"
INTRODUCTION: Final = (
    "How well the detectors tell what they look for, on sources that their training left out, "
    "beside baselines and peers on the same rows. AUROC and average precision need no threshold; "
    "balanced accuracy is at 0.5; recall is where 1 % of the others are flagged; ECE is the "
    "expected calibration error over ten bins, at the share of positives that the row has (models "
    "calibrated for rarer positives err more where there are many). In brackets: 95 % by "
    f"{RESAMPLES} bootstrap resamples within the labels, seed 0. A cell is empty where a measure "
    "says nothing of such scores. Microseconds are processor time a text, one thread; Tidewatch's "
    "hold the reading of words and sentences, which all its detectors share in production, where "
    "it is paid once. A peer's version stands behind its name; peers have their own training, and "
    "slow ones judge a random sample, as the counts of their rows say."
)


def main() -> int:
    """Judge what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.detectors")
    parser.add_argument("--quick", action="store_true", help="a smoke test in a minute")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="some parts")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public data sets")
    parser.add_argument("--json", type=Path, help="write the tables to this file")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"{options.data} is no folder: name that of the public data with --data")
    if options.write and options.quick:
        parser.error("--write needs a full run: leave --quick out")
    console = Console(highlight=False)
    _say_what_is_missing(console)
    where = machine()
    if options.write:
        # First, so that the parts of a new page stand below it.
        write_section(SECTION, "Detectors", INTRODUCTION)
    tables = {}
    for name in options.only:
        console.print(f"[dim]{name} …[/]")
        part = PARTS[name](options.data, quick=options.quick)
        tables[name] = part.results()
        for table in tables[name]:
            table.show(console)
        if options.write:
            command = f"python -m benchmarks.detectors --only {name}"
            text = "\n\n".join(
                [describe(where, command), *(table.markdown() for table in tables[name])]
            )
            write_section(f"{SECTION}-{name}", f"Detectors: {part.title}", text)
    if options.write:
        console.print("docs/benchmarks.md is written")
    if options.json:
        found = {name: [asdict(table) for table in some] for name, some in tables.items()}
        options.json.write_text(json.dumps({"machine": where, **found}, indent=2))
    return 0


def _say_what_is_missing(console: Console) -> None:
    missing = peers.missing((*peers.TOXICITY, *peers.INJECTION, *peers.GIBBERISH))
    missing += [peer.package for peer in PRIVACY if not peer.there]
    if missing:
        console.print(
            f"[yellow]peers left out: {', '.join(missing)};[/] "
            "pip install 'tidewatch[bench]' installs them"
        )


if __name__ == "__main__":
    sys.exit(main())
