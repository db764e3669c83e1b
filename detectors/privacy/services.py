"""Secrets that only a service's name beside them gives away, and addresses that are secrets."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.kinds import Kind
from detectors.privacy.secrets import entropy, is_placeholder
from detectors.privacy.window import Found, Window

_GIVEN: Final = re.compile(
    r"[A-Za-z]{2,24}(?P<name>[\w.-]{0,24})[\"'`\])]{0,2}\s{0,3}(?::=|=>|==?|:)\s{0,3}[\"'`]?"
    r"(?P<value>[\w.=+/~%-]{14,200})(?![\w(\[])"
)
_NO_SECRET: Final = re.compile(
    r"commit|sha|hash|digest|version|release|revision|build|branch|tag|url|uri|host|domain|email|user|"
    r"name|file|path|dir|image|region|zone|date|time|model|log|event|trace|span|dsn|page|channel",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def given_to_service(window: Window) -> Iterator[Found]:
    """What is assigned to a name that begins with a service's, when it looks like a key."""
    match = _GIVEN.match(window.text, window.start, min(window.end + 260, len(window.text)))
    if match is None or _NO_SECRET.search(match["name"]):
        return
    value = match["value"].rstrip(".")
    digits = sum(map(str.isdigit, value))
    letters = sum(map(str.isalpha, value))
    if digits < 2 or letters < 2 or entropy(value) < 3.0 or is_placeholder(value):
        return
    if "/" in value[:2] or ".." in value or value.count(".") > 2:
        return
    named = bool(match["name"])
    confidence = 0.6 if _UUID.fullmatch(value) and not named else 0.75
    start = match.start("value")
    yield Found(start, start + len(value), Kind.SECRET, confidence, value)


_MARKED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z0-9])([A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70})",
        r"(?<![A-Za-z0-9])([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?![A-Za-z0-9])",
        r"(?<![\w~.-])([\w~.]{3}\dQ~[\w~.-]{31,34})(?![\w~-])",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([\w/+]{24,80})",
        r"discord(?:app)?\.com/api/webhooks/(\d{15,22}/[\w-]{40,100})",
        r"\.webhook\.office\.com/webhookb2/([\w@-]{36,90}/IncomingWebhook/[\w/-]{32,80})",
        r"curl\s[^\n]{0,200}?(?:-u|--user)[ =]?[\"']?([^\s\"':$]{1,64}:[^\s\"'$]{3,128})",
    )
)
_TRIVIAL: Final = re.compile(r"(?i)user(?:name)?:pass(?:word|wd)?|login:pass(?:word)?")


def marked_in(window: Window) -> Iterator[Found]:
    """A secret, or an address that is one, around the mark in the window's place."""
    text = window.text
    begin, end = max(window.start - 48, 0), min(window.end + 300, len(text))
    for pattern in _MARKED:
        for match in pattern.finditer(text, begin, end):
            value = match.group(1)
            if match.start() <= window.start < match.end() and not _TRIVIAL.fullmatch(value):
                yield Found(*match.span(1), Kind.SECRET, 0.93, value)


_BOT: Final = re.compile(
    r"(?<!\d)(?:\d{8,10}:A[\w-]{34}|\d{15,16}[|%][a-zA-Z0-9_-]{27,40})(?![\w-])"
)


def numbered_in(window: Window) -> Iterator[Found]:
    """A secret that begins with the number in the window's place, as those of chat bots."""
    match = _BOT.match(window.text, window.start)
    if match:
        yield Found(*match.span(), Kind.SECRET, 0.93, match.group())
