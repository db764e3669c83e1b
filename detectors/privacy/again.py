"""Names said in full once and in part afterwards: "Ann Lopez … Lopez"."""

from collections.abc import Iterable
from typing import Final

from detectors.privacy.findings import Finding
from detectors.privacy.given_names import ordinary_words
from detectors.privacy.kinds import Kind

_SURE: Final = 0.55
_MOST_NAMES: Final = 16
_MOST_TIMES: Final = 32
"""How often each is looked for: work stays linear in the text."""
_SHORTEST: Final = 4


def said_again(data: bytes, begin: int, end: int, full: Iterable[Finding]) -> list[Finding]:
    """Family and given names of full names, wherever the text has them alone.

    Parameters
    ----------
    data
        The buffer, in whose bytes ``begin`` to ``end`` are the text.
    full
        Names of several words that were found in it.
    """
    names: set[bytes] = set()
    found = []
    for each in full:
        if each.confidence < _SURE or len(names) == _MOST_NAMES:
            continue
        parts = data[each.start : each.end].split(b" ")
        for name in (parts[0], parts[-1]):
            # Most are said once: looking for that is cheaper than judging the name.
            at = data.find(name, begin, end)
            if name in names or (data.find(name, at + 1, end) < 0) or not _is_telling(name):
                continue
            names.add(name)
            for _ in range(_MOST_TIMES):
                stop = at + len(name)
                if not (_joins(data[at - 1 : at]) or _joins(data[stop : stop + 1])):
                    value = name.decode().casefold()
                    found.append(Finding(at, stop, Kind.PERSON, _SURE, value))
                at = data.find(name, at + 1, end)
                if at < 0:
                    break
    return found


def _is_telling(part: bytes) -> bool:
    word = part.decode("utf-8", "replace")
    return (
        len(word) >= _SHORTEST
        and word.isalpha()
        and not word.isupper()
        and word[0].isupper()
        and word.lower() not in ordinary_words()
    )


def _joins(octet: bytes) -> bool:
    """Whether a letter, a digit, a hyphen or a sign of identifiers stands there."""
    return octet.isalnum() or octet in {b"-", b"_", b"@", b"/"} or octet >= b"\x80"
