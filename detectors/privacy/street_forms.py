"""One form for the ways to write an address: "221B Baker Street" and "221b baker st" are the same."""

import re
from typing import Final

from detectors.privacy.word_list import words

_SHORT: Final = dict(
    zip(
        words(
            """
street avenue road lane drive boulevard court terrace place square crescent highway parkway
circle apartment suite floor north south east west number
"""
        ),
        words("st ave rd ln dr blvd ct ter pl sq cres hwy pkwy cir apt ste fl n s e w no"),
        strict=True,
    )
)
_WORD: Final = re.compile(r"[^\W_]+")


def street_form(address: str) -> str:
    """Its words without case and signs, those that are often cut short so.

    Examples
    --------
    >>> street_form("221B Baker Street, London") == street_form("221b Baker St., London")
    True
    >>> street_form("Hauptstraße 5") == street_form("Hauptstr. 5")
    True
    """
    plain = (_SHORT.get(word, word) for word in _WORD.findall(address.casefold()))
    return " ".join(word.replace("strasse", "str").replace("straat", "str") for word in plain)
