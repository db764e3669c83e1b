"""E-mail addresses, plain or spelt out, and names and passwords in URLs."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window
from detectors.privacy.word_list import words

_URL_PASSWORD: Final = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://([^\s/@:<>\"']{0,64}:[^\s/@<>\"']{1,128})@"
)
_TRIVIAL_PASSWORDS: Final = frozenset(
    {"password", "pass", "pwd", "xxx", "xxxx", "xxxxx", "***", "..."}
)
_FILE_ENDINGS: Final = frozenset(
    words(
        """
png jpg jpeg gif svg webp ico css scss js mjs ts tsx jsx json yaml yml toml xml html htm md txt csv
tsv pdf zip gz tar exe dll so jar war class java cpp hpp lock min map local localdomain internal
service target socket timer mount slice
"""
    )
)
_NOBODY: Final = frozenset(
    words(
        """
support info contact sales help service noreply no-reply donotreply do-not-reply admin office
webmaster postmaster press careers jobs billing team hello mail newsletter marketing abuse privacy
security feedback customerservice customer-service kundenservice soporte ventas git user username
name email your.name you youremail your-email your.email yourname someone somebody example test
firstname.lastname first.last
"""
    )
)


def url_password_in(window: Window) -> Iterator[Found]:
    """Name and password in the URL whose colon is the window's place."""
    text, start = window.text, window.start
    while start > 0 and window.start - start < 20 and text[start - 1].isalnum():
        start -= 1
    match = _URL_PASSWORD.match(text, start)
    if match and match.group(1).partition(":")[2].lower() not in _TRIVIAL_PASSWORDS:
        yield Found(*match.span(1), Kind.SECRET, 0.98, match.group(1))


def email_in(window: Window) -> Iterator[Found]:
    """The e-mail address in the window's place, or the URL's password before its ``@``."""
    address = window.text[window.start : window.end]
    for match in _URL_PASSWORD.finditer(window.text, max(window.start - 72, 0), window.end):
        if match.end() > window.start:
            return
    local, _, domain = address.lower().rpartition("@")
    if domain.rpartition(".")[2] in _FILE_ENDINGS:
        return
    confidence = 0.4 if local in _NOBODY else 0.97
    yield Found(window.start, window.end, Kind.EMAIL, confidence, address.lower())


_SPELT: Final = re.compile(
    r"([A-Za-z0-9._%+-]{1,64})\s{0,2}[\[({]\s?at\s?[\])}]\s{0,2}([A-Za-z0-9-]{1,63})"
    r"((?:\s{0,2}[\[({]\s?dot\s?[\])}]\s{0,2}|\.)[A-Za-z0-9-]{2,63}"
    r"(?:(?:\s{0,2}[\[({]\s?dot\s?[\])}]\s{0,2}|\.)[A-Za-z0-9-]{2,63}){0,2})",
    re.IGNORECASE,
)
_DOT: Final = re.compile(r"\s{0,2}[\[({]\s?dot\s?[\])}]\s{0,2}|\.", re.IGNORECASE)


def spelt_email_in(window: Window) -> Iterator[Found]:
    """An address written as ``ann (at) example (dot) org`` around the window's place."""
    for match in _SPELT.finditer(window.text, max(window.start - 70, 0), window.end + 150):
        domain = match.group(2) + _DOT.sub(".", match.group(3))
        yield Found(*match.span(), Kind.EMAIL, 0.9, f"{match.group(1)}@{domain}".lower())
