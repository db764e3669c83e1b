"""Text from outside made harmless for whatever shows it.

Excerpts, label values and descriptions come from events. Chats, mail clients, terminals and
Alertmanager's templates interpret text in ways of their own, and one alert may pass through
several of them; so instead of escaping for each, the characters that any of them acts on are
replaced by ones that look alike and do nothing.
"""

import re
import unicodedata

ZERO_WIDTH_SPACE = "\u200b"

_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "`": "ˋ", "&": "＆", "|": "¦"})
# Mentions: @name, @here, and (with the angle brackets gone) Slack's !channel.
_MENTION = re.compile(r"@(?=\w)")
_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]*):(?=//)|\b(javascript|data|vbscript):", re.IGNORECASE)
_MARKDOWN = re.compile(r"(\]\(|\]\[|[*_~]{2,})")
_TAG = re.compile(r"<(?=[!@#/a-zA-Z])")
_HTTP_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}]+", re.IGNORECASE)


def printable(text: str, *, newlines: bool = False) -> str:
    r"""``text`` without control, formatting, surrogate and private characters (ANSI, bidi, NUL).

    White space becomes single spaces; with ``newlines`` line ends and indentation stay.

    >>> printable("a\x1b[31m b\u202e\n c")
    'a[31m b c'
    """
    kept = "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
    )
    return kept.strip() if newlines else " ".join(kept.split())


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, with an ellipsis where some were cut.

    >>> shorten("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def neutral(text: str, limit: int = 500) -> str:
    """One line of ``text`` that mentions nobody, links nowhere and formats nothing.

    >>> neutral("<!channel> see [this](https://evil.example)").replace(ZERO_WIDTH_SPACE, "|")
    '‹!channel› see [this]|(https:|//evil.example)'
    """
    line = shorten(printable(text), limit).translate(_LOOKALIKES)
    line = _MENTION.sub(f"@{ZERO_WIDTH_SPACE}", line)
    line = _SCHEME.sub(lambda found: f"{found[0]}{ZERO_WIDTH_SPACE}", line)
    return _MARKDOWN.sub(lambda found: ZERO_WIDTH_SPACE.join(found[0]), line)


def neutral_exact(text: str, limit: int = 2000) -> str:
    """``text`` for copying and matching (queries, ids, labels): only tags and mentions are broken.

    >>> neutral_exact("SELECT 1 WHERE a < 2 AND b = '<!here>' AND c = '__other__'")
    "SELECT 1 WHERE a < 2 AND b = '‹!here>' AND c = '__other__'"
    """
    kept = _TAG.sub("‹", shorten(printable(text, newlines=True), limit))
    return _MENTION.sub(f"@{ZERO_WIDTH_SPACE}", kept)


def safe_link(url: str) -> str:
    """``url`` when it is a plain http(s) address, else an empty string."""
    return url if len(url) <= 2000 and _HTTP_URL.fullmatch(url) else ""
