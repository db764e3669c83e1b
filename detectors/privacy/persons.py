"""People's names: by a word that announces one, or a given name with a family name behind it."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.cue_words import STREET_WORDS
from detectors.privacy.given_names import AMBIGUOUS_NAMES, GIVEN_NAMES, family_names
from detectors.privacy.kinds import Kind
from detectors.privacy.vocabulary import GIVEN
from detectors.privacy.window import Found, Window
from detectors.privacy.word_list import words as word_list

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΫА-ЯİŚŞ]"
_LETTERS: Final = r"[^\W\d_]"
_NAME: Final = rf"(?:(?:O|D|L)['’]|Mc|Mac)?{_CAPITAL}{_LETTERS}{{1,24}}(?:[-'’](?!s\b){_CAPITAL}{_LETTERS}{{1,20}})?"
_PARTICLE: Final = (
    r"(?:de la|de los|de|da|do|dos|das|di|du|del|della|van der|van den|van de|van|von|der|den|ter|la|le|"
    r"bin|ibn|al|el|af|av|y|e|of)"
)
_INITIAL: Final = rf"(?:{_CAPITAL}\.(?:[ ]?{_CAPITAL}\.)?|(?![AI]){_CAPITAL})"
_MORE: Final = (
    rf"(?:[ ](?:{_INITIAL}[ ])?(?:{_PARTICLE}[ ])?{_NAME}|[ ]{_CAPITAL}\.(?=[ ]{_CAPITAL}))"
)
_FAMILY: Final = re.compile(rf"{_MORE}{{0,3}}")
_FULL: Final = re.compile(rf"{_NAME}{_MORE}{{0,3}}")

_ANNOUNCED: Final = re.compile(
    rf"(?i:(?:(?:first|last|full|sur|maiden|given|family|middle|account holder(?:'s)?|user|customer(?:'s)?|"
    r"patient(?:'s)?|contact|employee|client)[ _]?)?names?(?:'s|[ ]is|[ ]was|[ ]are|[ ]?[:=])|nombre(?:[ ]es|:)|"
    r"nome(?:[ ]è|[ ]é|:)|nom(?:[ ]est|:)|naam(?:[ ]is|:)|name[ ]ist|vorname:|nachname:|apellidos?:|cognome:|"
    r"prénom:|surname(?:[ ]is|:)|heiße|heisse|llamo|chiamo|chamo|appelle|signed,?|"
    r"(?:attention|attn|patient|client|customer|beneficiary|guardian|contact)(?:[ ]person)?:)"
    rf"[ ]{{0,8}}[\"'“]?((?:(?:Mr|Mrs|Ms|Dr|Miss|Prof)\.?[ ])?{_NAME}{_MORE}{{0,3}})"
)
_FIELD: Final = re.compile(r"[:=]")
_MYSELF: Final = re.compile(rf"(?i:am|m)[ ]({_NAME}{_MORE}{{1,3}})")
_NOT_CAPITAL: Final = re.compile(
    r"(?i:name(?:'s|[ ]is|:))[ ]([a-z]{2,20}(?:[ ][a-z]{2,20}(?=[.,!?\n]|$))?)(?![a-z])"
)
_TITLED: Final = re.compile(
    r"(?i:mr|mrs|ms|miss|mister|dr|prof|professor|sir|madam|herrn?|frau|monsieur|madame|mme|señora?|sra?|"
    r"signora?|senhora?)\.?[ ]"
    rf"((?:{_CAPITAL}\.[ ]?)?{_NAME}{_MORE}{{0,3}})"
)
_GREETED: Final = re.compile(
    r"(?i:dear|hi|hello|hey|hallo|liebe[r]?|bonjour|hola|caro|cara|olá|ciao)[ ]"
    rf"((?:(?:Mr|Mrs|Ms|Dr|Miss)\.?[ ])?{_NAME}{_MORE}{{0,2}})(?=[,!.:\n]|$)"
)
_CLOSED: Final = re.compile(
    rf"(?i:sincerely|regards|cheers|grüßen?|cordialement|saludos)(?:[ ](?i:yours))?[,!.]?\s{{1,4}}({_NAME}{_MORE}{{0,3}})(?=\s*(?:$|\n|[,.]))"
)
_HYPHENED: Final = re.compile(rf"-{_CAPITAL}{_LETTERS}{{1,24}}")

_AND: Final = r"(?:,[ ](?:and[ ]|or[ ]|&[ ])?|[ ](?:and|or|&|und|et|y|e)[ ])"
_ONE: Final = rf"({_CAPITAL}{_LETTERS}{{1,24}})"
_AFTER: Final = re.compile(rf"{_AND}{_ONE}(?![ ]?{_CAPITAL})(?:{_AND}{_ONE})?")
_BEFORE: Final = re.compile(rf"(?:{_ONE}{_AND})?{_ONE}{_AND}$")
_DOES: Final = re.compile(
    r"[ ](?:said|says|told|asked|replied|answered|lives|lived|works|worked|wrote|called|emailed|"
    r"phoned|texted|married|shouted|whispered)\b|'s[ ](?:e-?mail|address|phone|mobile|number|"
    r"birthday|account|password|wife|husband|son|daughter|mother|father|boss)\b"
)
"""What people do, and what is theirs."""
_TOLD: Final = re.compile(
    r"(?:\b(?:my name is|name is|named|call(?:ed)? me|i am|i'm|this is|it's|signed by|on behalf of|"
    r"in the name of|spoke (?:to|with)|talk(?:ed)? to|contact(?:ed)?|met|meet(?:ing)? with|ask for|"
    r"my (?:\w{2,9} )?(?:wife|husband|son|daughter|friend|boss|brother|sister|mother|father|colleague|"
    r"manager|doctor|neighbou?r|partner|client|patient|kid|child|boyfriend|girlfriend|aunt|uncle)|"
    r"patient|customer|employee|client|user|author|mr|mrs|ms|miss|dr|prof|herr|frau|dear|hi|hello|hey|"
    r"add|to|from|for|with|by)[.:,]?[ ])$",
    re.IGNORECASE,
)
_LONGEST_TOLD: Final = 25
"""Characters that :data:`_TOLD` finds, at most."""
_TELLING: Final = (
    *("is", "named", "me", "am", "i'm", "it's", "by", "of", "to", "with", "contact", "contacted"),
    *("met", "for", "wife", "husband", "son", "daughter", "friend", "boss", "brother", "sister"),
    *("mother", "father", "colleague", "manager", "doctor", "neighbor", "neighbour", "partner"),
    *("client", "patient", "kid", "child", "boyfriend", "girlfriend", "aunt", "uncle", "customer"),
    *("employee", "user", "author", "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau"),
    *("dear", "hi", "hello", "hey", "add", "from"),
)
"""Endings of all that :data:`_TOLD` finds: looked for first, as a search costs much more."""
_LISTING: Final = (", ", " and ", " or ", " & ", " und ", " et ", " y ", " e ")
"""The same of :data:`_BEFORE`."""
_WEAK: Final = re.compile(
    r"\b(?:it's|add|to|from|for|with|by|user|author|met)[.:,]?[ ]$", re.IGNORECASE
)
_NO_FAMILY: Final = frozenset(
    word_list(
        """
investments partners consulting solutions holdings capital brothers motors electric energy media
systems technologies technology industries international insurance global services software labs
university college school hospital institute bank airport hotel restaurant museum church park river
lake mountain mount beach island city town county state country station stadium theatre theater
library center centre foundation company corporation inc ltd llc gmbh corp group association award
prize day festival act law theorem theory effect method algorithm test scale principle equation
number series distribution process model space function transform language compiler framework
january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday english french german spanish italian portuguese the and
but or if is was are were will can has have had he she it they we you i in on at of for to team
support sir madam customer user there all everyone folks guys friends manager hiring committee
professor doctor president king queen prince saint st pro plus max mini air app api sdk cloud
"""
    )
) | frozenset(
    word for word in STREET_WORDS if len(word) > 2 and word not in {"court", "close", "grove"}
)
_NOBODY: Final = frozenset(
    word_list(
        """
sir madam customer user team there all everyone folks guys friends manager hiring committee support
world again mom dad mum god santa reader readers professor doctor colleague colleagues friend john
doe i we you it the this that what how please thanks thank yes no not a an my your our his her their
"""
    )
) - {"john", "doe"}


def persons_in(window: Window) -> Iterator[Found]:
    """Names in or behind the window's place: a known given name, or a word that announces one."""
    if window.flags & GIVEN:
        yield from _with_given_name(window)
    else:
        yield from _announced(window)


def _announced(window: Window) -> Iterator[Found]:
    text = window.text
    for pattern, confidence in (
        (_ANNOUNCED, 0.88), (_NOT_CAPITAL, 0.75), (_TITLED, 0.9), (_GREETED, 0.7), (_CLOSED, 0.75),
        (_MYSELF, 0.6),
    ):  # fmt: skip
        match = pattern.match(text, window.start)
        if match is None:
            continue
        words = match.group(1).split(" ")
        kept = _kept(words)
        if not kept:
            continue
        name = " ".join(words[:kept])
        if pattern is _NOT_CAPITAL and words[0] not in GIVEN_NAMES:
            continue
        # A field's single word may as well be a product, a role or a turn's first word.
        field = pattern is _ANNOUNCED and _FIELD.search(text, window.start, match.start(1))
        if field and kept == 1 and not _known(name):
            confidence = 0.4  # noqa: PLW2901
        if pattern is _GREETED and kept == 1 and not _known(name):
            confidence = 0.45  # noqa: PLW2901
        yield Found(
            match.start(1), match.start(1) + len(name), Kind.PERSON, confidence, _value(name)
        )
        return


def _kept(words: list[str]) -> int:
    """How many of the words are a name, from the first on."""
    if words[0].lower() in _NOBODY or (words[0].isupper() and len(words[0]) < 4):
        return 0
    for position, word in enumerate(words):
        if position and word.lower().rstrip(".") in _NO_FAMILY:
            return 0 if position == 1 and word.lower() not in _NOBODY else position
    return len(words)


def _known(word: str) -> bool:
    low = word.lower()
    return low in GIVEN_NAMES or low in AMBIGUOUS_NAMES


def _with_given_name(window: Window) -> Iterator[Found]:
    text, start, end = window.text, window.start, window.end
    before = text[start - 1 : start]
    if before and (before.isalnum() or before in "_-/@#.&'"):
        return
    hyphened = _HYPHENED.match(text, end)
    end = hyphened.end() if hyphened else end
    if text[end : end + 1] in {"_", "-", "@", "/"} or text[end : end + 2] in {"'t", "(}"}:
        return
    given = text[start:end].lower()
    if given in _NOBODY:
        return
    family = _FAMILY.match(text, end)
    words = family.group().split(" ")[1:] if family else []
    for position, word in enumerate(words):
        if word.lower().rstrip(".") in _NO_FAMILY:
            if position == 0 and word.lower() not in _NOBODY:
                return
            words = words[:position]
            break
    while words and words[-1][0].islower():
        words.pop()
    stop = end + sum(len(word) + 1 for word in words)
    left = text[max(start - 40, 0) : start]
    near = max(len(left) - _LONGEST_TOLD, 0)
    told = _TOLD.search(left, near) if left.rstrip(" \n.:,").lower().endswith(_TELLING) else None
    strong = told is not None and not _WEAK.search(left)
    clear = given not in AMBIGUOUS_NAMES
    listed = 0 if words else _listed(text, start, end)
    if words:
        confidence = 0.9 if strong else 0.7 if told and clear else 0.6 if clear else 0.25
        if not clear and told:
            confidence = 0.6
        if not clear and len(words) == 1 and _known(words[0]):
            confidence = max(confidence, 0.4)
        if not clear and words[-1].lower() in family_names():
            confidence = max(confidence, 0.6)
    elif listed:
        confidence = (0.75 if clear else 0.55) if listed > 1 else 0.6 if clear else 0.35
    elif strong:
        confidence = 0.8 if clear else 0.35
    elif clear and _DOES.match(text, end):
        confidence = 0.6
    elif told and clear:
        confidence = 0.45
    else:
        confidence = 0.3 if clear else 0.0
    if confidence > 0:
        name = text[start:stop]
        yield Found(start, stop, Kind.PERSON, confidence, _value(name))


def _listed(text: str, start: int, end: int) -> int:
    """How many given names that are nothing else stand in a list beside a name, of four places."""
    count = 0
    after, left = _AFTER.match(text, end), text[max(start - 60, 0) : start]
    before = _BEFORE.search(left) if left.removesuffix("\n").endswith(_LISTING) else None
    for names in (after.groups() if after else (), before.groups()[::-1] if before else ()):
        for name in names:
            if name is None or name.lower() not in GIVEN_NAMES:
                break
            count += 1
    return count


def _value(name: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", name.casefold()))
