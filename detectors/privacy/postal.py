"""Addresses by their shape: a name and a number, then a town and a postal code.

It finds streets whose names tell nothing (``Remetska 58, 851 01 Bratislava``), in the manner of most
countries with Latin letters.
"""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.kinds import Kind
from detectors.privacy.street_forms import street_form
from detectors.privacy.window import Found, Window
from detectors.privacy.word_list import words

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀ-Ž][^\W\d_]{0,24}(?:[-'’.–][^\W\d_]{1,24}){0,3}\.?"
_SMALL: Final = (
    r"(?:de|del|della|delle|dei|di|da|do|dos|das|du|des|la|las|los|le|les|el|al|y|e|van|der|den|von|"
    r"zu|zum|im|am|an|the|of|na|nad|pod|v|u|cesta|ulica|utca|gatan|bajos|attila|györgy|sándor|endre)"
)
_NAME: Final = rf"{_CAPITAL}(?:[ ]{{1,2}}(?:{_CAPITAL}|{_SMALL})){{0,6}}"
_NAME_OF_TWO: Final = rf"{_CAPITAL}(?:[ ]{{1,2}}(?:{_CAPITAL}|{_SMALL})){{1,6}}"
_DOOR: Final = r"\d{1,6}[ ]?[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_UNIT: Final = r"(?i:unit|suite|flat|studio|apt|apartment|shop|level|room|h\.?[ ]?no|no)\.?[ ]?\w{1,5}[ ,/]{1,3}"
_STREET: Final = (
    rf"(?:(?:{_UNIT})?{_DOOR},?[ ]{_NAME_OF_TWO}|{_UNIT}{_NAME}|"
    r"(?!(?i:apt|apartment|suite|unit|flat|room)\b)"
    rf"(?:(?:plac|pl|al|os|ul|av|r|c|gg|na|ulica)\.?[ ])?{_NAME},?[ ](?:(?i:no|nr|núm|n[º°])\.?[ ]?)?(?:{_DOOR}|(?i:s/n))\.?(?:[ ][^,\n]{{1,40}})?)"
)
_BREAK: Final = r"[ ]?[,\n][ \n]{1,4}"
_PART: Final = rf"(?:{_NAME}|(?i:apt|apartment|suite|unit|flat)\.?[ ]?#?\w{{1,5}})"
_CODE: Final = (
    r"(?:[A-Z]{1,3}-)?(?P<code>\d{5}(?:-\d{3,4})?|\d{3}[ ]\d\d|\d\d-\d{3}|\d{4}-\d{3}|\d{8}|\d{6}|"
    r"\d{4}[ ]?[A-Z]{2}|\d{4}|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d)(?![\w-])"
)
_ADDRESS: Final = re.compile(
    rf"(?<![\w.,$€£#/-]){_STREET}(?:{_BREAK}{_PART}){{0,3}}{_BREAK}"
    rf"(?:(?P<before>{_NAME}),?[ ]{{1,2}})?{_CODE}(?P<town>,?[ ]['’]?{_NAME})?(?:[ ]?[(/][ ]?[A-Z]{{2}}\b\)?)?"
)
_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")
NO_STREET: Final = frozenset(
    words(
        """
january february march april may june july august september october november december jan feb mar
apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday januar
februar märz mai juni juli oktober dezember order orders invoice ticket item items page pages chapter
section figure fig table version release seat gate flight article act law rule step phase day week
year grade class season episode volume vol issue part model size report case question exercise
example line row column windows python team group batch lot serial sku code number id reference ref
isbn total price score psalm verse top bill amendment exhibit appendix note paragraph clause lesson
stage round match game level task area zone district sector block session meeting panel channel
about over under only around nearly almost between since until by from to in on at for with and or
"""
    )
)
"""Words that stand before numbers where no street does."""
_NO_TOWN: Final = frozenset(words("journal review proceedings transactions magazine gazette"))
SHORTEST: Final = 4
"""Digits of a code that may as well be any number: towns stand behind such."""
_LETTER: Final = re.compile(r"[^\W\d_]+")


def postal_in(window: Window) -> Iterator[Found]:
    """The address that ends with the postal code in the window's place."""
    for match in _ADDRESS.finditer(window.text, 0, min(window.end + 80, len(window.text))):
        if not match.start("code") - 4 <= window.start < match.end("code"):
            continue
        names = _LETTER.findall(match.group().lower())
        if not names or names[0] in NO_STREET or not _NO_TOWN.isdisjoint(names):
            continue
        code = match["code"]
        if _YEAR.fullmatch(code):
            continue
        before = match["before"] or ""
        if len(code) == SHORTEST and before and not before.isupper():
            continue
        confidence = 0.86 if len(code) > 4 else 0.7
        value = street_form(match.group())
        yield Found(*match.span(), Kind.ADDRESS, confidence, value)
        return
