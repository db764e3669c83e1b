"""What only the words before it tell: dates of birth, passports, licences, account numbers."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.dates import DATE, date_form
from detectors.privacy.kinds import Kind
from detectors.privacy.scan_words import DOCUMENT_DIGITS
from detectors.privacy.vocabulary import BIRTH
from detectors.privacy.window import Found, Window

_BIRTH: Final = re.compile(
    r"born|birth|dob|birthda|gebor|geburt|geb\b|né|nacid|nacim|nato|nata|nascit|nascid|nascim|geboort|"
    r"urodz|födel|fødsel",
    re.IGNORECASE,
)
_SPACED_BIRTH: Final = re.compile(r"\bd\.\s?o\.\s?b$", re.IGNORECASE)
_DOCUMENT: Final = (
    (
        Kind.PASSPORT,
        re.compile(
            r"(?i:passports?|reisepass\w*|passeport|pasaporte|passaporto|passaporte|paszport\w*)"
            r"[^\n\d]{0,28}?(?<![A-Za-z0-9])([A-Za-z]{0,3}\d[A-Za-z0-9]{5,9})(?![A-Za-z0-9])",
        ),
    ),
    (
        Kind.DRIVING_LICENCE,
        re.compile(
            r"(?i:licen[cs]e|führerschein\w*|permis|conducir|patente|carteira|habilitação|rijbewijs)"
            r"[^\n\d]{0,28}?(?<![A-Za-z0-9])"
            r"([A-Z]{0,5}[ -]?\d[A-Z0-9]{3,17}(?:[ -][A-Z0-9]{2,6}){0,4})(?![A-Za-z0-9])",
        ),
    ),
    (
        Kind.BANK_ACCOUNT,
        re.compile(
            r"(?:account|acct|konto\w*|compte|cuenta|conto|conta|rekening\w*|routing|aba)"
            r"(?:[^\n\d]{0,24}?)(?<![A-Za-z0-9])(\d{6,17}|\d\d-\d\d-\d\d|\d{4}(?:[ -]\d{4}){1,3})"
            r"(?![A-Za-z0-9]|[-.]\d)",
            re.IGNORECASE,
        ),
    ),
)
_FEWEST_DIGITS: Final = re.compile(rf"(?:\D{{0,99}}\d){{{DOCUMENT_DIGITS}}}")
_DRIVING: Final = re.compile(
    r"driv|führer|permis|conduc|patente|carteira|habilit|rijbew|dl\b", re.IGNORECASE
)
_BANK: Final = re.compile(
    r"bank|routing|aba|konto|iban|sort|transfer|wire|deposit|debit|saving|checking|"
    r"compte|cuenta|conto|conta|rekening|acc(?:oun)?t (?:no|number|num|nr|#)",
    re.IGNORECASE,
)


def in_context(window: Window) -> Iterator[Found]:
    """What the cue in the window's place announces."""
    text = window.text
    if window.flags & BIRTH:
        match = DATE.search(text, window.end, min(window.end + 60, len(text)))
        told = _BIRTH.match(text, window.start) or _SPACED_BIRTH.search(text, 0, window.end)
        if match and told:
            yield Found(*match.span(), Kind.DATE_OF_BIRTH, 0.9, date_form(match.group()))
        return
    end = min(window.end + 60, len(text))
    if not _FEWEST_DIGITS.match(text, window.start, end):
        return
    for kind, pattern in _DOCUMENT:
        match = pattern.match(text, window.start, end)
        if match is None:
            continue
        around = text[max(window.start - 24, 0) : match.start(1)]
        number = match.group(1)
        if sum(c.isdigit() for c in number) < DOCUMENT_DIGITS:
            continue
        if kind is Kind.DRIVING_LICENCE and not _DRIVING.search(around):
            continue
        if kind is Kind.BANK_ACCOUNT and not _BANK.search(around):
            continue
        confidence = 0.75 if kind is Kind.BANK_ACCOUNT else 0.85
        yield Found(*match.span(1), kind, confidence, _plain(number))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
