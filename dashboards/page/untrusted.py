"""What stems from events and is put where escaping is not enough."""

import re

_HTTP_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}]+", re.IGNORECASE)


def safe_link(url: str) -> str:
    """``url`` when it is a plain http(s) address, else an empty string.

    >>> safe_link("https://a.example/x?y=1"), safe_link("javascript:alert(1)")
    ('https://a.example/x?y=1', '')
    """
    return url if len(url) <= 2000 and _HTTP_URL.fullmatch(url) else ""
