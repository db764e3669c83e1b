"""Payment card numbers: issuer, length and the Luhn check."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from detectors.privacy.cues import nearest_cue
from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window

_CANDIDATE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"\d{4}([ .-]{1,3}|)\d{4}\1\d{4}(?:\1\d{4})?(?:\1\d{3})?"
    r"|\d{4}([ .-]?)\d{6}\2\d{4,5}"
    r"|\d{12,19}"
    r")(?![A-Za-z0-9])"
)
_MAESTRO: Final = re.compile(r"50(?:18|20|38)|5893|6304|6759|676[1-3]|0604|6390")
"""Numbers of twelve digits begin so."""
_ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-59]|[689]\d)\d{11,16}"  # Diners Club
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12,15}"  # Discover
    r"|(?:35\d{3}|2131|1800)\d{11,14}"  # JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50\d\d|5[6-9]\d\d|6[037]\d\d|0604)\d{8,15}"  # Maestro, RuPay
    r"|220[0-4]\d{12,15}"  # Mir
)


def cards_in(window: Window) -> Iterator[Found]:
    """Card numbers in the window's place."""
    for match in _CANDIDATE.finditer(window.text, window.start, window.end):
        number = re.sub(r"\D", "", match.group())
        if len(set(number)) < 2 or window.is_fraction(*match.span()):
            continue
        cue = nearest_cue(window.text[: match.start()], window.text[match.end() :])
        issued, checked = _ISSUED.fullmatch(number) is not None, luhn.is_valid(number)
        if issued and checked:
            maestro = number[0] in "056" and len(number) != 16
            confidence = 0.4 if cue == "not" and not _grouped(match.group()) else 0.95
            if maestro and cue != "card":
                confidence = 0.6 if _MAESTRO.match(number) and cue != "not" else 0.35
            yield Found(match.start(), match.end(), Kind.CARD, confidence, number)
        elif (
            checked
            and len(number) > 14
            and number[0] in "3456"
            and _grouped(match.group())
            and cue != "not"
        ):
            # Issuers come and go; four groups of four that pass the check are seldom else.
            yield Found(match.start(), match.end(), Kind.CARD, 0.75, number)
        elif cue == "card" and (checked or issued):
            # Told to be one: one digit may be wrong, the number still gives somebody away.
            yield Found(match.start(), match.end(), Kind.CARD, 0.85, number)


def _grouped(number: str) -> bool:
    return not number.isdigit()
