"""The findings of a batch's text column, made once for all who ask."""

from typing import Final

from detectors.privacy.finder import Finder, find
from detectors.privacy.findings import Findings
from detectors.text.column import TextColumn

_KEPT: Final = "privacy_findings"


def findings_of(column: TextColumn, finder: Finder = find) -> Findings:
    """Personal data and secrets in a column of a batch.

    The column keeps them, as it keeps its words: signals and redaction share one search, by the
    finder of whoever asks first.

    Examples
    --------
    >>> len(findings_of(TextColumn(["ann@example.org", None])))
    1
    """
    kept = vars(column)
    if _KEPT not in kept:
        kept[_KEPT] = finder(column.buffer)
    found: Findings = kept[_KEPT]
    return found
