"""Phone numbers: international ones by their country's numbering plan, others by their form."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from detectors.privacy.cues import nearest_cue
from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window

_PART: Final = re.compile(r"(?:\+|\(|00)?[^+\n]{7,40}")
_EXTENSION: Final = re.compile(
    r"[ ,;]{0,2}(?:x|ext\.?|extension|#|poste|durchwahl)[ .:]{0,2}\d{1,6}(?!\d)", re.I
)
_NOT: Final = re.compile(
    r"(?:(?:19|20)\d\d[-./ ](?:0?\d|1[0-2])[-./ ][0-3]?\d|[0-3]?\d[-./][0-3]?\d[-./](?:19|20)?\d\d)"
    r"(?:[ T.-]+\d{1,2}.*)?"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d(?:[ -]+\d{1,4})*"
    r"|(?:19|20)\d{6}(?:[- ]?\d{6})?"
    r"|\d{1,9}\.\d{1,20}"
)
_LABEL: Final = re.compile(
    r"(?:x\d{1,6})?[ -](?:office|fax|mobile|home|work|cell|desk)\b", re.IGNORECASE
)
_NORTH_AMERICA: Final = re.compile(
    r"(?:\(\d{3}\)[ .-]{0,2}|(?:1[ .-])?\d{3}[.-])\d{3}[ .-]\d{4}"
    r"|(?:1[ .-]?)?\(\d{3}\)[ .-]{0,2}\d{3}[ .-]?\d{4}"
    r"|(?:001[- ])\d{3}-\d{3}-\d{4}"
)
_SPACED: Final = re.compile(r"(?:1 )?[2-9]\d\d \d{3} \d{4}")
_NATIONAL: Final = (
    (re.compile(r"0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}"), 0.9),  # France
    (re.compile(r"07\d{3} ?\d{3} ?\d{3}|0(?:20|1\d{2,3}|2\d) \d{3,4} \d{3,4}"), 0.8),  # Britain
    (re.compile(r"0\d{2,4}[ ]?/[ ]?\d{4,9}(?:-\d{1,4})?|0(?:1[5-7]\d) \d{6,9}"), 0.8),  # Germany
    (re.compile(r"\(0\d{1,4}\)[ -]?\d{3,4}[ -]?\d{3,5}"), 0.85),
    (re.compile(r"\(\d{2}\) ?9?\d{4}-\d{4}"), 0.85),  # Brazil
    (re.compile(r"04\d\d \d{3} \d{3}"), 0.8),  # Australia
    (re.compile(r"0\d{1,4}(?:[ -]\d{2,4}){2,4}"), 0.6),
    (re.compile(r"[6789]\d\d(?: \d{3}){2}|[6789]\d\d(?: \d\d){3}"), 0.45),  # Spain, Poland
    (re.compile(r"1[3-9]\d[ -]\d{4}[ -]\d{4}|01\d-\d{3,4}-\d{4}"), 0.75),  # China, Korea
    (re.compile(r"1[3-9]\d{9}|0[67]\d{8,9}|[6-9]\d{4} \d{5}"), 0.4),
)


def phones_in(window: Window) -> Iterator[Found]:
    """Phone numbers in the window's place, which is a run of digits and signs between them."""
    text = window.text
    start = window.start
    while start > 0 and text[start - 1] in "(+":
        start -= 1
    if _attached(text, start, window.end):
        return
    for match in _PART.finditer(text, start, window.end):
        yield from _parts(text, match.start(), match.end())


def _parts(text: str, start: int, end: int) -> Iterator[Found]:
    """The number that fills the stretch, or those of North America in it."""
    while end > start and text[end - 1] in " .-/(":
        end -= 1
    while end > start and text[start] in " .-/)":
        start += 1
    found = _phone(text, start, end)
    if found:
        yield found
        return
    for match in _NORTH_AMERICA.finditer(text, start, end):
        part = _phone(text, match.start(), match.end())
        if part and not text[max(match.start() - 1, 0)].isdigit():
            yield part


def _phone(text: str, start: int, end: int) -> Found | None:
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    number = text[start:end]
    digits = re.sub(r"\D", "", number)
    if not 7 <= len(digits) <= 17 or _NOT.fullmatch(number):
        return None
    if number.count("(") != number.count(")"):
        number = number.replace("(", "").replace(")", "")
    cue = "phone" if _LABEL.match(text, end) else nearest_cue(text[:start], text[end:])
    confidence = _confidence(number, digits, cue)
    if confidence <= 0:
        return None
    extension = _EXTENSION.match(text, end)
    if extension:
        end, confidence = extension.end(), max(confidence, 0.9)
    return Found(start, end, Kind.PHONE, confidence, digits.lstrip("0"))


def _confidence(number: str, digits: str, cue: str) -> float:
    if number.startswith("+") or (number.startswith("00") and len(digits) > 9):
        plan = _plan("+" + digits.removeprefix("00"))
        return plan if cue == "phone" or number.startswith("+") else plan - 0.2
    if cue == "phone":
        return 0.9 if len(digits) <= 15 else 0.0
    formal = 0.7 if cue == "own" and 8 <= len(digits) <= 13 else 0.0
    if _NORTH_AMERICA.fullmatch(number):
        formal = 0.85
    elif formal:
        return formal
    elif _SPACED.fullmatch(number):
        formal = 0.5
    else:
        formal = max((c for p, c in _NATIONAL if p.fullmatch(number)), default=0.0)
    # Few other things are grouped as 212-555-0199, whatever the words around them.
    doubt = 0.3 if formal >= 0.85 else 0.5
    return formal - doubt if cue not in {"", "own"} else formal


def _plan(number: str) -> float:
    """How sure an international number is, by its country's numbering plan."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return 0.35
    if phonenumbers.is_valid_number(parsed):
        return 0.97
    return 0.9 if phonenumbers.is_possible_number(parsed) else 0.5


def _attached(text: str, start: int, end: int) -> bool:
    """Whether the run is a part of something longer: an identifier, a price, a path, a version."""
    before = text[start - 1] if start else " "
    if before == "," and start > 1 and not text[start - 2].isdigit():
        before = " "
    if (before.isascii() and before.isalnum()) or before in "_/#$€£=&?.,%\\":
        return not (before in "=." and nearest_cue(text[:start], "") == "phone")
    if before == "-" and start > 1 and text[start - 2].isascii() and text[start - 2].isalnum():
        return True
    if _LABEL.match(text, end):
        return False
    after = text[end : end + 2]
    return bool(after) and (
        (after[0].isascii() and after[0].isalpha() and after[0] != "x") or after[0] in "_%€$£"
        or (after[0] in ",:-/" and len(after) > 1 and after[1].isalnum() and after[0] != ",")
        or (after[0] == "," and len(after) > 1 and after[1].isdigit())
    )  # fmt: skip
