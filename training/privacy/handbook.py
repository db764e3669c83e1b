"""Paragraphs of The Debian Administrator's Handbook in many languages: texts that name few people.

Hertzog, Mas, The Debian Administrator's Handbook (Debian's package debian-handbook), GPL-2+ or
CC-BY-SA-3.0: capitals in them begin sentences, nouns, places and products.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HANDBOOK: Final = Path("/usr/share/doc/debian-handbook/html")
_PARAGRAPH: Final = re.compile(
    r'<(?:div class="para"|p|dt|h[1-6])[^>]*>(.*?)</(?:div|p|dt|h[1-6])>', re.DOTALL
)
_TAG: Final = re.compile(r"<[^>]+>")
_SHORTEST: Final = 20
_WITHOUT_CAPITALS: Final = ("ar-", "fa-", "he-", "ja-", "ko-", "zh-", "vi-", "en-")


def handbook() -> Iterator[list[str]]:
    """The paragraphs of each language whose names have capitals, English left out.

    Raises
    ------
    FileNotFoundError
        Where the package is not installed: ``apt-get install debian-handbook``.
    """
    if not HANDBOOK.is_dir():
        message = f"{HANDBOOK} is missing: apt-get install debian-handbook"
        raise FileNotFoundError(message)
    english = set(_paragraphs(HANDBOOK / "en-US"))
    for language in sorted(HANDBOOK.iterdir()):
        if language.is_dir() and not language.name.startswith(_WITHOUT_CAPITALS):
            yield [text for text in _paragraphs(language) if text not in english]


def _paragraphs(folder: Path) -> list[str]:
    texts: dict[str, None] = {}
    for page in sorted(folder.glob("*.html")):
        for match in _PARAGRAPH.finditer(page.read_text(encoding="utf-8")):
            text = " ".join(html.unescape(_TAG.sub("", match[1])).split())
            if len(text) > _SHORTEST:
                texts[text] = None
    return list(texts)
