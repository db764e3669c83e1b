"""People's names: by a word that announces one, or a given name with a family name behind it."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.cue_words import ROLE_CUES
from detectors.privacy.frequent_names import CLEAR
from detectors.privacy.given_names import (
    AMBIGUOUS_NAMES,
    GIVEN_NAMES,
    family_names,
    ordinary_words,
)
from detectors.privacy.kinds import Kind
from detectors.privacy.person_words import FREQUENT, NO_FAMILY, NOBODY, PLACES, SAINTS, STREETS
from detectors.privacy.vocabulary import GIVEN
from detectors.privacy.window import Found, Window

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΫА-ЯİŚŞ]"
_LETTERS: Final = r"[^\W\d_]"
NAME: Final = rf"(?:(?:O|D|L)['’]|Mc|Mac)?{_CAPITAL}{_LETTERS}{{1,24}}(?:[-'’](?!s\b){_CAPITAL}{_LETTERS}{{1,20}})?"
_PARTICLE: Final = (
    r"(?:de la|de los|de|da|do|dos|das|di|du|del|della|van der|van den|van de|van|von|der|den|ter|la|le|"
    r"bin|ibn|al|el|af|av|y|e|of)"
)
INITIAL: Final = rf"(?:{_CAPITAL}\.(?:[ ]?{_CAPITAL}\.)?|(?![AI]){_CAPITAL})"
_MORE: Final = (
    rf"(?:[ ](?:{INITIAL}[ ])?(?:{_PARTICLE}[ ])?{NAME}|[ ]{_CAPITAL}\.(?=[ ]{_CAPITAL}))"
)
FAMILY: Final = re.compile(rf"{_MORE}{{0,3}}")
_FULL: Final = re.compile(rf"{NAME}{_MORE}{{0,3}}")

_ANNOUNCED: Final = re.compile(
    rf"(?i:(?:(?:first|last|full|sur|maiden|given|family|middle|account holder(?:'s)?|user|customer(?:'s)?|"
    r"patient(?:'s)?|contact|employee|client)[ _]?)?names?(?:'s|[ ]is|[ ]was|[ ]are|[\"']?[ ]?[:=]|>)|nombre(?:[ ]es|:)|"
    r"nome(?:[ ]è|[ ]é|:)|nom(?:[ ]est|:)|naam(?:[ ]is|:)|name[ ]ist|vorname:|nachname:|apellidos?:|cognome:|"
    r"prénom:|surname(?:[ ]is|:)|heiße|heisse|llamo|chiamo|chamo|appelle|signed,?|"
    r"(?:attention|attn|patient|client|customer|beneficiary|guardian|contact)(?:[ ]person)?:)"
    rf"[ ]{{0,8}}[\"'“]?((?:(?:Mr|Mrs|Ms|Dr|Miss|Prof)\.?[ ])?{NAME}{_MORE}{{0,3}})"
)
_FIELD: Final = re.compile(r"[:=>]")
_OF_PERSONS: Final = re.compile(
    r"(?i:first|last|sur|full|maiden|given|family|middle|vor|nach|apellido|cognome|prénom)"
)
"""What begins the name of a field that holds nothing but people's names."""
_ROLE: Final = re.compile(
    rf"\w{{2,12}}(?:(?<=ed)[ ]by|(?<=ten)[ ]by|(?<=sung)[ ]by)?[ ]({NAME}{_MORE}{{0,3}})"
)
_INITIALS_BEFORE: Final = re.compile(
    rf"(?<![\w'’@/.&#-])(?:{NAME}[ ])?{_CAPITAL}\.(?:[ ]?{_CAPITAL}\.)?[ ]$"
)
_LONGEST_BEFORE: Final = 50
_NUMBER_BEFORE: Final = re.compile(r"\d[A-Za-z]?[ ]$")
SAINT_BEFORE: Final = re.compile(r"(?:[Ss](?:an|anta|anto|[ãa]o|aint|ankt|t\.?))[ ]$")
_HOUSE_BEHIND: Final = re.compile(r"[ ](?:u\.[ ])?\d{1,4}\b")
NO_PERSON_BEHIND: Final = re.compile(
    r"[ ]?\d|-\w|[ ](?:and|&)[ ](?:Sons|\d|[^\n.?!]{2,30}[ ]\d)|(?:,[ ]\w{1,20}){0,2},?[ ](?:and|&)[ ]\w{1,20}[ ](?:Inc|LLC|Ltd)"
)
"""Behind a name: parts of a street, a place or a thing named after somebody."""
_MYSELF: Final = re.compile(rf"(?i:am|m)[ ]({NAME}{_MORE}{{1,3}})")
_NOT_CAPITAL: Final = re.compile(
    r"(?i:name(?:'s|[ ]is|:))[ ]([a-z]{2,20}(?:[ ][a-z]{2,20}(?=[.,!?\n]|$))?)(?![a-z])"
)
_TITLED: Final = re.compile(
    r"(?i:mr|mrs|ms|miss|mister|dr|prof|professor|sir|madam|herrn?|frau|monsieur|madame|mme|señora?|sra?|"
    r"signora?|senhora?)\.?[ ]"
    rf"((?:{_CAPITAL}\.[ ]?)?{NAME}{_MORE}{{0,3}})"
)
_GREETED: Final = re.compile(
    r"(?i:dear|hi|hello|hey|hallo|liebe[r]?|bonjour|hola|caro|cara|olá|ciao)[ ]"
    rf"((?:(?:Mr|Mrs|Ms|Dr|Miss)\.?[ ])?{NAME}{_MORE}{{0,2}})(?=[,!.:\n]|$)"
)
_CLOSED: Final = re.compile(
    rf"(?i:sincerely|regards|cheers|best|thanks|grüßen?|cordialement|saludos)(?:[ ](?i:yours))?[,!.]?\s{{1,4}}({NAME}{_MORE}{{0,3}})(?=\s*(?:$|\n|[,.]))"
)
HYPHENED: Final = re.compile(rf"-{_CAPITAL}{_LETTERS}{{1,24}}")

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


_OF_CUES: Final = (
    (_ANNOUNCED, 0.88), (_NOT_CAPITAL, 0.75), (_TITLED, 0.9), (_GREETED, 0.7), (_CLOSED, 0.75),
    (_MYSELF, 0.6),
)  # fmt: skip
_OF_ROLES: Final = ((_ROLE, 0.6), (_ANNOUNCED, 0.88))


def persons_in(window: Window) -> Iterator[Found]:
    """Names in or behind the window's place: a known given name, or a word that announces one."""
    if window.flags & GIVEN:
        if is_known(window.text[window.start : window.end]):
            yield from _with_given_name(window)
        else:
            yield from _with_family_name(window)
    else:
        yield from _announced(window)


def _announced(window: Window) -> Iterator[Found]:
    text = window.text
    role = text[window.start : window.end].lower() in ROLE_CUES
    for pattern, confidence in _OF_ROLES if role else _OF_CUES:
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
        if (
            field
            and kept == 1
            and not (
                is_known(name) or _OF_PERSONS.search(text, max(window.start - 9, 0), window.end)
            )
        ):
            confidence = 0.4  # noqa: PLW2901
        rare = name.lower() not in ordinary_words()
        if pattern is _GREETED and kept == 1 and not is_known(name):
            confidence = 0.55 if rare else 0.45  # noqa: PLW2901
        if pattern is _ROLE and words[0].lower() in ordinary_words() and not is_known(words[0]):
            continue
        yield Found(
            match.start(1), match.start(1) + len(name), Kind.PERSON, confidence, value_of(name)
        )
        return


def _kept(words: list[str]) -> int:
    """How many of the words are a name, from the first on."""
    if words[0].lower() in NOBODY or (words[0].isupper() and len(words[0]) < 4):
        return 0
    for position, word in enumerate(words):
        if position and word.lower().rstrip(".") in NO_FAMILY:
            return 0 if position == 1 and word.lower() not in NOBODY else position
    return len(words)


def is_known(word: str) -> bool:
    """Whether it is a given name, by the lists."""
    low = word.lower()
    return low in GIVEN_NAMES or low in AMBIGUOUS_NAMES


def _with_given_name(window: Window) -> Iterator[Found]:
    text, start, end = window.text, window.start, window.end
    before = text[start - 1 : start]
    if before and (before.isalnum() or before in "_-/@#.&'"):
        return
    hyphened = HYPHENED.match(text, end)
    end = hyphened.end() if hyphened else end
    if text[end : end + 1] in {"_", "-", "@", "/"} or text[end : end + 2] in {"'t", "(}"}:
        return
    given = text[start:end].lower()
    if given in NOBODY or given in SAINTS:
        return
    family = FAMILY.match(text, end)
    words = family.group().split(" ")[1:] if family else []
    for position, word in enumerate(words):
        if (low := word.lower().rstrip(".")) in NO_FAMILY:
            if (position == 0 and low not in NOBODY) or low in STREETS or low in PLACES:
                return
            words = words[:position]
            break
    while words and words[-1][0].islower():
        words.pop()
    stop = end + sum(len(word) + 1 for word in words)
    street = _HOUSE_BEHIND.match(text, stop) and _NUMBER_BEFORE.search(
        text, max(start - 8, 0), start
    )
    if street or SAINT_BEFORE.search(text, max(start - 8, 0), start):
        return
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
        if not clear and len(words) == 1 and is_known(words[0]):
            confidence = max(confidence, 0.4)
        if not clear and words[-1].lower() in family_names():
            confidence = max(confidence, 0.6)
        rare = words[-1].lower() not in ordinary_words()
        if not clear and rare and given in FREQUENT:
            confidence = max(confidence, 0.55)
        if clear and not (told or rare or given in FREQUENT):
            confidence = 0.4
    elif listed:
        confidence = (0.75 if clear else 0.55) if listed > 1 else 0.6 if clear else 0.35
    elif strong:
        confidence = 0.8 if clear else 0.55 if given in CLEAR else 0.35
    elif clear and _DOES.match(text, end):
        confidence = 0.6
    elif told and clear:
        confidence = 0.45
    else:
        confidence = 0.0
    if confidence > 0:
        name = text[start:stop]
        yield Found(start, stop, Kind.PERSON, confidence, value_of(name))


def _with_family_name(window: Window) -> Iterator[Found]:
    """A family name behind initials, and the name before them."""
    text, start, end = window.text, window.start, window.end
    before = _INITIALS_BEFORE.search(text, max(start - _LONGEST_BEFORE, 0), start)
    if before is None or text[end : end + 1] in {"_", "@", "/"}:
        return
    begin = before.start()
    house = _NUMBER_BEFORE.search(text, max(begin - 8, 0), begin)
    family = FAMILY.match(text, end)
    words = family.group().split(" ")[1:] if family else []
    if house or NO_PERSON_BEHIND.match(text, end):
        return
    if words and words[0].lower().rstrip(".") in NO_FAMILY:
        return
    if (first := before.group().split(" ")[0].lower()) in ordinary_words() and not is_known(first):
        begin = start - len(before.group().partition(" ")[2])
    yield Found(begin, end, Kind.PERSON, 0.6, value_of(text[begin:end]))


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


def value_of(name: str) -> str:
    """A name in its normal form."""
    return " ".join(re.findall(r"[^\W\d_]+", name.casefold()))
