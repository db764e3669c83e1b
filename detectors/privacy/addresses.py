"""Street addresses: a number beside a street's name, in the manner of several countries."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.privacy.countries import COUNTRIES, LAST_WORDS
from detectors.privacy.cue_words import USPS_TYPES
from detectors.privacy.kinds import Kind
from detectors.privacy.postal import NO_STREET
from detectors.privacy.street_forms import street_form
from detectors.privacy.vocabulary import ADDRESS_CUE
from detectors.privacy.window import Found, Window
from detectors.privacy.word_list import words

_W: Final = r"[^\W\d_][^\W\d_'’.-]{0,24}(?:[-'’.][^\W\d_]{1,20})?"
_CAP: Final = r"[A-ZÀ-ÖØ-ÞΑ-ΩА-Я0-9][^\s,;:]{0,24}"
_UNIT: Final = r"(?:,?\s{1,3}(?:apt|apartment|suite|ste|unit|flat|floor|fl|no|#)\.?\s?#?[\w-]{1,6})"
_ENGLISH_TYPE: Final = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|terrace|ter|place|pl|"
    r"square|sq|crescent|cres|close|highway|hwy|parkway|pkwy|circle|cir|alley|grove|mews|row|trail|loop|"
    r"gardens|rise|walk|wharf|quay|turnpike|expressway|trace)"
)
_TOWN: Final = r"(?!(?:N[ro]|Apt|Suite|Unit)\b)[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][^\s,;:.()\d\"]{1,24}(?!\w)"
_CODE: Final = (
    r"(?:\d{5}(?:-\d{4})?|\d{4}|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|"
    r"[A-Z]\d{2}\s?[A-Z\d]{4})\b"
)
_CITY: Final = (
    rf"(?:\s{{0,2}}[,\n]\s{{0,4}}(?:{_TOWN}(?:[ ]{_TOWN}){{0,2}}))?"
    rf"(?:,?\s{{1,4}}(?:[A-Z]{{2,3}}\b))?(?:,?\s{{1,4}}{_CODE}(?:\s{_TOWN}(?:[ ]{_TOWN})?)?)?"
)
_DOOR: Final = (
    r"(?:[ ,\n]{1,3}(?i:apt|apartamento|appartamento|appartement|piso|puerta|piano|bl|sc|et|suite|"
    r"interno|int|scala|top|stiege)\.?[ ]?\d{1,4}[A-Za-z]?\b){0,4}"
)
_POSTAL: Final = (
    rf"{_DOOR}(?:[ ]?[,\n]?\s{{1,4}}(?:[A-Z]{{1,2}}-)?(?:\d{{4,5}}|\d\d-\d{{3}}|\d{{3}}[ ]\d\d|"
    rf"\d{{4,5}}-\d{{3}})(?:[ ]?[A-Z]{{2}}\b)?,?[ ]{_TOWN}(?:[ ](?:[a-z]{{1,3}}[ ])?{_TOWN}){{0,3}}"
    r"(?:[ ]\([A-Z]{2}\))?)?"
)
_NUMBERED: Final = (
    r"(?:(?i:n[ºo°]|no|nr|núm|num|número)\.?[ ]?)?\d{1,4}[ ]?[a-zA-Z]?\b(?:[-/]\d{1,4}[a-z]?)?"
)

_ENGLISH: Final = re.compile(
    rf"(?<![\w.,$€£-])\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,4}})?,?[ ](?:(?:[NSEW]\.?|North|South|East|West)[ ])?"
    rf"(?:{_CAP}(?<![A-Za-z]{{3}}\.)[ ]){{1,4}}(?i:{_ENGLISH_TYPE})\b\.?(?:[ ](?:[NSEW]|NW|NE|SW|SE)\b)?(?i:{_UNIT})?{_CITY}"
)
_GERMAN: Final = re.compile(
    rf"(?:{_CAP}[ ]){{0,2}}[A-ZÄÖÜØÅ][^\W\d_-]*(?:-{_W}){{0,3}}[- ]?(?i:straße|strasse|str\.?|weg|allee|platz|gasse|"
    r"damm|ring|ufer|steig|pfad|markt|hof|straat|laan|plein|gracht|kade|gatan|vägen|väg|torget|torg|gränd|stigen|"
    r"vej|gade|stræde|plads|stien|veien|gata|tie|katu|kuja|polku|utca|veg|vegen|vegur|braut|bakken|svingen|"
    r"terrasse|singel|dreef|dijk|tänav)"
    rf"[ ]{_NUMBERED}{_POSTAL}"
)
_NAMED_BEHIND: Final = re.compile(
    r"(?:(?<!\d)\d{1,5}(?:[ ]?(?:bis|ter))?,?[ ])?"
    r"(?i:rue|avenue|boulevard|allée|chemin|impasse|quai|cours|place|calle|avenida|avda\.?|carrera|paseo|"
    r"plaza|camino|via|viale|piazza|corso|vicolo|largo|rua|travessa|praça|estrada|alameda|rodovia|ulica|"
    r"ul\.|aleja|aleje|urbanización|glorieta|ronda|acceso|pasaje|rambla|travesía|carretera|contrada|strada|"
    r"borgo|piazzale|lungomare|montée|route|sentier|résidence|bulevardul|calea|aleea|intrarea|șoseaua|drumul|"
    r"jl\.?|jalan|gang)"
    r"[ ](?:(?:de|del|della|delle|dei|des|du|da|do|dos|das|la|las|los|le|les|l'|d'|di)[ ]?){0,3}"
    rf"{_TOWN}(?:[ ](?:(?:de|da|do|di|du|la|y|e)[ ])?{_TOWN}){{0,3}}"
    rf"(?:,?[ ]{_NUMBERED})?{_POSTAL}"
)
_NAMED_BEFORE: Final = re.compile(
    rf"(?:{_TOWN}[ ]){{1,4}}(?i:út(?:ja)?|utca|u|tér|körút|sok(?:ak)?|cad(?:desi)?|mahallesi|bulvarı)\.?[ ]"
    rf"{_NUMBERED}\.?{_POSTAL}"
)
_UNITED: Final = re.compile(
    rf"(?<![\w.,$€£-])\d{{1,6}}[ ]{_CAP}(?:[ ]{_CAP}){{0,4}},?\s{{1,3}}(?i:apt|apartment|suite|unit)\.?[ ]#?\d{{1,5}}{_CITY}"
)
_MILITARY: Final = re.compile(
    r"(?i:(?:psc|cmr|unit)\s\d{3,5},?\sbox\s\d{3,5}\s{1,3}(?:apo|fpo|dpo)\s(?:aa|ae|ap)\s\d{5})"
)
_BOX: Final = re.compile(rf"(?i:p\.?[ ]?o\.?[ ]box[ ]#?\d{{1,6}})\b{_CITY}")
_AFLOAT: Final = re.compile(
    rf"(?:(?:USNS|USS|USCGC|USNV)[ ]{_TOWN}(?:[ ]{_TOWN})?|(?i:psc|cmr|unit)[ ]\d{{3,5}},?[ ](?i:box)[ ]\d{{3,5}})"
    r",?\s{1,3}[AFD]PO[ ]A[AEP][ ]\d{5}\b"
)
_WEAK: Final = re.compile(
    rf"(?<![\w.,$€£-])(?!(?:19|20)\d\d\b)\d{{3,5}}[ ](?:{_TOWN}[ ]){{1,2}}(?:{{types}})\b(?i:{_UNIT})?{_CITY}".replace(
        "{types}", "|".join(word.title() for word in USPS_TYPES)
    )
)
_ZIP: Final = re.compile(
    r"(?i:zip(?:[ ]?code)?|postcode|post[ ]code|postal[ ]code|postleitzahl|plz|cap|cep)"
    rf"(?:[ ](?:is|number|ist))?[ ]?[:=]?[ ]{{0,3}}({_CODE})(?![-.,]?\d)"
)
_BREAK: Final = r"[ ]{0,2}[,\n][\s,>?|]{0,6}"
_PLACE: Final = rf"{_TOWN}(?:[ ](?:(?:de|da|do|di|du|la|del|of|the|y|e|and)[ ])?{_TOWN}){{0,4}}"
_COUNTRY: Final = f"(?i:{'|'.join(COUNTRIES)})(?:[ ]\\d{{4,6}})?"
_UNIT_PART: Final = r"(?i:apt|apartment|suite|unit|flat|floor)\.?[ ]?#?\w{1,6}"
_TAIL: Final = re.compile(
    rf"(?:[ ]{_UNIT_PART})?(?:{_BREAK}(?:{_UNIT_PART}|{_PLACE}|[A-Z]{{2,3}})){{0,4}}"
    rf"(?:{_BREAK}|[ ])(?:{_PLACE}[ ])?(?:\d{{5}}(?:-\d{{4}})?|[A-Z]{{1,2}}\d[A-Z\d]?[ ]\d[A-Z]{{2}}|{_COUNTRY})(?![\w-])"
)
"""The rest of an address, part by part in lines of its own or behind commas, up to code or country."""
_TOWN_BEHIND: Final = re.compile(rf",[ ]{_TOWN}(?:[ ]{_TOWN}){{0,2}}")
_BY_COUNTRY: Final = re.compile(
    rf"(?<![\w.,:$€£-])(?:(?!(?:1[5-9]|20)\d\d\b)\d{{1,5}}[A-Za-z]?,?[ ]{_PLACE}(?:[ ]\d{{1,5}}[A-Za-z]?\b)?|"
    rf"{_PLACE}[ ](?!(?:1[5-9]|20)\d\d\b)\d{{1,5}}[A-Za-z]?\b)"
    rf"(?:{_BREAK}{_UNIT_PART})?(?:{_BREAK}(?:{_PLACE}|[A-Z]{{2,3}})){{1,2}}{_BREAK}{_COUNTRY}\b"
)
"""A number and a name of any kind, a town, and a country."""
_CORNER: Final = re.compile(
    r"(?i:(?:the[ ])?corner[ ]of)[ ]"
    + r"[ ]and[ ]".join([rf"(?:\d{{1,5}}(?:st|nd|rd|th)?[ ])?{_PLACE}(?:[ ]\d{{1,4}}\.?)?"] * 2)
)
_TOLD: Final = re.compile(
    r"(?i:(?:address(?:es)?|adresse|anschrift|dirección|direccion|domicilio|indirizzo|endereço|adres)"
    r"(?:[ ](?:is|to|at|to the same|ist|est|es|è|é)(?:[ ]now)?)?[\"']?[ ]?[:=]?[ ]?[\"']?|"
    r"located[ ]at[ ]|(?:live|lives|living|reside|resides|wohne|wohnt|wohnhaft|vive|vivo|habite|abito|moro)"
    r"[ ](?:at|in der|in|an der|en|au|a|à)[ ](?:the[ ])?)"
    rf"\s{{0,3}}((?:{_CAP}[ ]){{0,5}}(?:{_CAP})?(?:[ ,]{{0,2}}(?i:no|nr|n[°º])\.?)?[ ,]{{0,2}}\d{{1,6}}\w?"
    rf"(?:[-/]\d{{1,4}})?(?:[ ,\n]{{1,4}}{_CAP}){{0,8}})"
)
_FORMS: Final = (
    dict.fromkeys(_ENGLISH_TYPE[3:-1].split("|"), (_ENGLISH,))
    | dict.fromkeys(("apt", "apartment", "suite", "unit", "flat"), (_UNITED, _MILITARY))
    | {"box": (_BOX, _MILITARY)}
    | dict.fromkeys(
        words(
            """
rue allée chemin impasse quai calle avenida avda carrera paseo camino via viale piazza corso vicolo
largo rua travessa praça estrada alameda rodovia ulica ul aleja aleje urbanización glorieta ronda
acceso pasaje rambla travesía carretera contrada strada borgo piazzale lungomare montée route sentier
résidence bulevardul calea aleea intrarea șoseaua drumul jl jalan gang
"""
        ),
        (_NAMED_BEHIND,),
    )
    | dict.fromkeys(LAST_WORDS, (_BY_COUNTRY,))
    | dict.fromkeys(words("apo fpo dpo"), (_AFLOAT,))
    | dict.fromkeys(USPS_TYPES, (_WEAK,))
    | {"corner": (_CORNER, _WEAK)}
    | dict.fromkeys(
        ("avenue", "boulevard", "place", "court", "cours", "plaza"), (_ENGLISH, _NAMED_BEHIND)
    )
    | dict.fromkeys(
        words("u út utca tér körút sokak sok cad caddesi mahallesi bulvarı"), (_NAMED_BEFORE,)
    )
)
"""How addresses look that have this word in them; German and Nordic ones where none is given."""
_BEFORE: Final = 72
_NUMBER: Final = re.compile(r"\d")
_NOT: Final = re.compile(r"(?:ip|mac|e-?mail|web|memory|wallet|url|http)\w*[ ]?$", re.IGNORECASE)


def addresses_in(window: Window) -> Iterator[Found]:
    """Street addresses around the window's place."""
    text, begin, end = (
        window.text,
        max(window.start - _BEFORE, 0),
        min(window.end + 80, len(window.text)),
    )
    if window.flags & ADDRESS_CUE:
        if _NOT.search(text, max(window.start - 12, 0), window.start):
            return
        if code := _ZIP.match(text, window.start, end):
            yield _found(*code.span(1), 0.7, text)
            return
        match = _TOLD.match(text, window.start, end)
        if match and len(match.group(1)) > 5 and re.search(r"[^\W\d_]{3}", match.group(1)):
            yield _found(match.start(1), match.end(1), 0.8, text)
        return
    for pattern in _FORMS.get(text[window.start : window.end].lower(), (_GERMAN,)):
        for match in pattern.finditer(text, begin, end):
            if match.start() <= window.start < match.end() and _NUMBER.search(match.group()):
                if pattern is _BY_COUNTRY and not NO_STREET.isdisjoint(
                    match.group().lower().split()[:2]
                ):
                    continue
                tail = _TAIL.match(text, match.end()) or _TOWN_BEHIND.match(text, match.end())
                yield _found(match.start(), (tail or match).end(), 0.86, text)
                return


def _found(start: int, end: int, confidence: float, text: str) -> Found:
    while text[end - 1] in " ,.\n":
        end -= 1
    value = street_form(text[start:end])
    return Found(start, end, Kind.ADDRESS, confidence, value)
