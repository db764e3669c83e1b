"""The detectors and their signals as a table for people."""

from collections.abc import Iterable

from detectors.detector import Detector


def catalogue_markdown(detectors: Iterable[Detector]) -> str:
    """A Markdown table with a row a signal, in the detectors' order."""
    lines = [
        "| detector | signal | kind | unit | better | of | what it is |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {detector.name} {detector.version} | `{one.name}` | {one.kind} | {one.unit} "
        f"| {one.better} | {one.source} | {one.description} |"
        for detector in detectors
        for one in detector.signals
    ]
    return "\n".join(lines) + "\n"
