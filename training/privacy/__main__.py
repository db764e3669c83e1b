"""Write the lists of names, the tagger of names and the privacy detector's card, from what is measured.

``python -m training.privacy [--data DIR]``: two minutes on one core.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from detectors.privacy.name_model import FILE
from training.privacy.card import card
from training.privacy.name_tagger import tagger
from training.privacy.names import family_names, given_names

ROOT: Final = Path(__file__).parents[2]


def main() -> None:
    """List, judge and write."""
    parser = argparse.ArgumentParser(prog="python -m training.privacy", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    data = parser.parse_args().data
    if not (data / "presidio_pii").is_dir():
        parser.error(f"{data} holds no presidio_pii: name the folder of the data sets with --data")
    new = False
    for name, make in (("given_names", given_names), ("family_names", family_names)):
        file, listed = ROOT / f"detectors/models/{name}.txt", make(data)
        new |= not file.exists() or file.read_text(encoding="utf-8") != listed
        file.write_text(listed, encoding="utf-8")
    if new:
        _begin_anew()
    weights = tagger(data)
    file = ROOT / "detectors/models" / FILE
    if not file.exists() or file.read_bytes() != weights:
        file.write_bytes(weights)
        _begin_anew()
    (ROOT / "docs/models").mkdir(parents=True, exist_ok=True)
    (ROOT / "docs/models/privacy.md").write_text(card(data), encoding="utf-8")


def _begin_anew() -> None:
    """Run again in this process's place: what it has loaded is not what the files hold now."""
    os.execv(sys.executable, [sys.executable, "-m", "training.privacy", *sys.argv[1:]])


if __name__ == "__main__":
    main()
