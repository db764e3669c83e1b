"""Hold our verdicts on OpenSLO documents against those of OpenSLO's own validator.

``python -m tools.compare_with_oslo OSLO [--record]`` runs ``OSLO validate`` (the command line of
https://github.com/OpenSLO/oslo) over every variant of
:mod:`tests.schemas.monitors.openslo_variants` and, where it is there, every document of
``../shared/standards/openslo``, and lists the differences. ``--record`` writes the validator's
verdicts to where the tests read them. The exit code is 1 when verdicts differ.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from schemas.monitors.yaml_documents import read_documents
from tests.schemas.monitors.openslo_variants import VERDICTS, accepts, variants

PUBLISHED = Path(__file__).parents[2] / "shared" / "standards" / "openslo"


def main() -> int:
    """Compare, list, and record when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("oslo", type=Path, help="the program oslo")
    parser.add_argument("--record", action="store_true", help="keep its verdicts for the tests")
    options = parser.parse_args()
    documents = list(variants())
    published = [
        plain.value
        for path in sorted(PUBLISHED.glob("*.yaml"))
        for plain in read_documents(path.read_text())
    ]
    if not published:
        print(f"{PUBLISHED} is not there: only generated variants are compared")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(_verdict, options.oslo, Path(folder) / f"{number}.yaml", document)
            for number, document in enumerate([*documents, *published])
        ]
        verdicts = [job.result() for job in jobs]
    different = 0
    for document, verdict in zip([*documents, *published], verdicts, strict=True):
        if accepts(document) != verdict:
            different += 1
            said = "accepts" if verdict else "refuses"
            print(f"oslo {said}, we do not agree: {json.dumps(document)}")
    accepted = sum(verdicts)
    print(
        f"{len(documents)} variants and {len(published)} published documents: oslo accepts "
        f"{accepted}, refuses {len(verdicts) - accepted}; {different} verdicts differ"
    )
    if options.record:
        bits = "".join(str(int(verdict)) for verdict in verdicts[: len(documents)])
        lines = [bits[at : at + 100] for at in range(0, len(bits), 100)]
        VERDICTS.write_text("\n".join(lines) + "\n")
    return 1 if different else 0


def _verdict(oslo: Path, path: Path, document: object) -> bool:
    path.write_text(json.dumps(document))
    command = [oslo, "validate", "-f", path]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
