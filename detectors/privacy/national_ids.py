"""National identity, tax and insurance numbers, with their check digits."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from stdnum import luhn
from stdnum.ar import cuit
from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr as steuer_id
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.exceptions import ValidationError
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.il import idnr as teudat_zehut
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.jp import in_ as my_number
from stdnum.kr import rrn
from stdnum.mx import curp, rfc
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.th import pin as thai_pin
from stdnum.tr import tckimlik
from stdnum.us import ssn
from stdnum.za import idnr as za_id

from detectors.privacy.cues import nearest_cue
from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window


class NationalId(NamedTuple):
    """A number that a state gives its people, of so many ``digits`` at least.

    ``bare`` and ``cued`` are the confidences without and with a word that says what it is; ``bare``
    is 0 where the format alone says too little.
    """

    country: str
    digits: int
    pattern: str
    valid: Callable[[str], bool]
    bare: float
    cued: float = 0.97


def _checked(module: Any) -> Callable[[str], bool]:
    """The module's validation, which never raises."""

    def valid(number: str) -> bool:
        try:
            module.validate(number)
        except (ValidationError, ValueError, IndexError, KeyError):
            return False
        return True

    return valid


_NINO_UNUSED: Final = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})


def _is_nino(number: str) -> bool:
    return number[:2].upper() not in _NINO_UNUSED


def _is_nric(number: str) -> bool:
    """Singapore: weighted sum modulo 11, with an alphabet for each series of letters."""
    first, digits, last = number[0].upper(), number[1:8], number[8].upper()
    total = sum(w * int(d) for w, d in zip((2, 7, 6, 5, 4, 3, 2), digits, strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "KLJNPQRTUWX"}
    return letters.get(first, "XWUTRQPNMLK")[total % 11] == last


def _has_date(number: str) -> bool:
    """Whether the digits begin with a year, a month and a day of two digits each."""
    month, day = int(number[2:4]), int(number[4:6])
    return 1 <= month <= 12 and 1 <= day <= 31


def _is_personnummer(number: str) -> bool:
    digits = re.sub(r"\D", "", number)[-10:]
    return _has_date(digits) and luhn.is_valid(digits)


def _is_cpr(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return _has_date(digits[4:6] + digits[2:4] + digits[:2])


def _is_rfc(number: str) -> bool:
    """Mexico, tax number of a person: with its date and check digit."""
    valid: bool = rfc.is_valid(number, validate_check_digits=True)
    return valid


_IDS: Final = (
    NationalId("IT", 7, r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", _checked(codicefiscale), 0.97),
    NationalId("MX", 7, r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", _checked(curp), 0.97),
    NationalId("CN", 17, r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", _checked(ric), 0.95),
    NationalId("FR", 14, r"[12] ?\d\d ?[0-9]{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d", _checked(nir), 0.92),
    NationalId("US", 9, r"\d{3}-\d\d-\d{4}", _checked(ssn), 0.86),
    NationalId("US", 9, r"\d{3}[ .]\d\d[ .]\d{4}", _checked(ssn), 0.5),
    NationalId("US", 9, r"9\d\d-[5-9]\d-\d{4}", lambda _: True, 0.5),
    NationalId("GB", 6, r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d\d ?){3}[A-D]", _is_nino, 0.9),
    NationalId("GB", 10, r"\d{3}[ -]?\d{3}[ -]?\d{4}", _checked(nhs), 0.0),
    NationalId("ES", 8, r"\d{2}\.?\d{3}\.?\d{3}[- ]?[A-HJ-NP-TV-Z]", _checked(dni), 0.8),
    NationalId("ES", 7, r"[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]", _checked(nie), 0.9),
    NationalId("BR", 11, r"\d{3}\.\d{3}\.\d{3}-\d\d", _checked(cpf), 0.96),
    NationalId("BR", 11, r"\d{11}", _checked(cpf), 0.0),
    NationalId("IN", 12, r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", _checked(aadhaar), 0.75),
    NationalId("IN", 12, r"[2-9]\d{11}", _checked(aadhaar), 0.0),
    NationalId("IN", 4, r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _checked(pan), 0.85),
    NationalId("DE", 11, r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _checked(steuer_id), 0.0),
    NationalId("DE", 11, r"\d\d ?\d{6} ?[A-Z] ?\d{3}", lambda n: _has_date(n[6:8] + n[4:6] + n[2:4])
               if len(n) == 12 else True, 0.0),
    NationalId("NL", 9, r"\d{4}\.?\d\d\.?\d{3}", _checked(bsn), 0.0),
    NationalId("PL", 11, r"\d{11}", _checked(pesel), 0.7),
    NationalId("TR", 11, r"[1-9]\d{10}", _checked(tckimlik), 0.5),
    NationalId("NO", 11, r"\d{6} ?\d{5}", _checked(fodselsnummer), 0.8),
    NationalId("HR", 11, r"\d{11}", _checked(oib), 0.0),
    NationalId("EE", 11, r"[1-8]\d{10}", _checked(ik), 0.6),
    NationalId("GR", 11, r"\d{11}", _checked(amka), 0.0),
    NationalId("BE", 11, r"\d\d\.\d\d\.\d\d-\d{3}[. ]\d\d", _checked(nn), 0.96),
    NationalId("BE", 11, r"\d{11}", _checked(nn), 0.0),
    NationalId("CH", 13, r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d\d", _checked(ahv), 0.95),
    NationalId("SE", 10, r"(?:19|20)?\d{6}[-+]\d{4}", _is_personnummer, 0.82),
    NationalId("SE", 12, r"(?:19|20)\d{6}\d{4}", _is_personnummer, 0.0),
    NationalId("FI", 9, r"\d{6}[-+ABCDEFYXWVU]\d{3}[0-9A-Y]", _checked(hetu), 0.93),
    NationalId("DK", 10, r"\d{6}-\d{4}", _is_cpr, 0.5),
    NationalId("DK", 10, r"\d{10}", _checked(cpr), 0.0),
    NationalId("CZ", 9, r"\d{6}/\d{3,4}", _checked(rc), 0.85),
    NationalId("RO", 13, r"[1-8]\d{12}", _checked(cnp), 0.8),
    NationalId("BG", 10, r"\d{10}", _checked(egn), 0.0),
    NationalId("AT", 10, r"\d{4} ?\d{6}", _checked(vnr), 0.0),
    NationalId("PT", 9, r"\d{3} ?\d{3} ?\d{3}", _checked(pt_nif), 0.0),
    NationalId("IE", 7, r"\d{7}[A-W][A-IW]?", _checked(pps), 0.75),
    NationalId("CA", 9, r"\d{3}[ -]?\d{3}[ -]?\d{3}", _checked(sin), 0.0),
    NationalId("AU", 9, r"\d{3} ?\d{3} ?\d{3}", _checked(tfn), 0.0),
    NationalId("ZA", 13, r"\d{13}", _checked(za_id), 0.75),
    NationalId("KR", 13, r"\d{6}-[1-8]\d{6}", _checked(rrn), 0.93),
    NationalId("SG", 7, r"[STFGM]\d{7}[A-Z]", _is_nric, 0.92),
    NationalId("TH", 13, r"\d-\d{4}-\d{5}-\d\d-\d", _checked(thai_pin), 0.95),
    NationalId("TH", 13, r"[1-8]\d{12}", _checked(thai_pin), 0.0),
    NationalId("CL", 7, r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]", _checked(rut), 0.9),
    NationalId("CL", 7, r"\d{7,8}-[\dkK]", _checked(rut), 0.6),
    NationalId("IL", 9, r"\d{9}", _checked(teudat_zehut), 0.0),
    NationalId("JP", 12, r"\d{4}[ -]?\d{4}[ -]?\d{4}", _checked(my_number), 0.0),
    NationalId("AR", 8, r"\d\d\.\d{3}\.\d{3}", lambda _: True, 0.0),
    NationalId("AR", 11, r"\d\d-\d{8}-\d", _checked(cuit), 0.93),
    NationalId("MX", 6, r"[A-ZÑ]{4}\d{6}[A-Z\d]{2}[A\d]", _is_rfc, 0.45),
)  # fmt: skip

_ALONE: Final = "(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])"
_PATTERNS: Final = tuple(
    (each, re.compile(_ALONE.format(each.pattern), re.IGNORECASE)) for each in _IDS
)
_LETTERED: Final = tuple(
    pair for pair in _PATTERNS if re.search("[A-Za-z]", pair[0].pattern.replace(r"\d", ""))
)
"""With letters anywhere, be it only as a check digit: a run of digits ends before that."""
_NUMERIC: Final = tuple(pair for pair in _PATTERNS if pair not in _LETTERED)
_OPTIONAL: Final = re.compile(r"\[[^][]*\]\?|\[(?:[-+]|[^][]*\d)[^][]*\]")
"""Sets in an expression for which there need not be a letter."""
_LETTER: Final = re.compile(r"[A-Za-z]")


def _has_letter(each: NationalId) -> bool:
    """Whether the number always has a letter in it."""
    return _LETTER.search(_OPTIONAL.sub("", each.pattern.replace(r"\d", "0"))) is not None


_ALWAYS_LETTERED: Final = frozenset(each for each, _ in _LETTERED if _has_letter(each))


class _Ids(NamedTuple):
    """Ids to look for; ``some`` finds something where one of them does, in one search for all."""

    some: re.Pattern[str]
    each: tuple[tuple[NationalId, re.Pattern[str]], ...]


@cache
def _ids_of(digits: int, *, lettered: bool, letters: bool) -> _Ids:
    """The ids that so many digits suffice for; beyond 20 it makes no difference.

    ``letters`` is whether the stretch has any.
    """
    found = tuple(
        pair
        for pair in (_LETTERED if lettered else _NUMERIC)
        if pair[0].digits <= digits and (letters or pair[0] not in _ALWAYS_LETTERED)
    )
    shapes = "|".join(each.pattern for each, _ in found) or "(?!)"
    return _Ids(re.compile(_ALONE.format(shapes), re.IGNORECASE), found)


def in_text(
    window: Window, start: int, end: int, digits: int, *, lettered: bool
) -> Iterator[Found]:
    """National ids in a stretch of the window.

    Parameters
    ----------
    window
        The window.
    start, end
        The stretch, in characters.
    digits
        How many it holds.
    lettered
        Whether to look for numbers that have letters in them, or for those that have none.
    """
    letters = _LETTER.search(window.text, start, end) is not None
    ids = _ids_of(min(digits, 20), lettered=lettered, letters=letters)
    if not ids.some.search(window.text, start, end):
        return
    cues: dict[tuple[int, int], str] = {}
    for each, pattern in ids.each:
        for match in pattern.finditer(window.text, start, end):
            begin, stop = match.span()
            if window.is_fraction(begin, stop):
                continue
            cue = cues.get((begin, stop))
            if cue is None:
                cue = nearest_cue(window.text[:begin], window.text[stop:])
                cues[begin, stop] = cue
            confidence = each.cued if cue in {"id", "ssn"} else each.bare
            if cue == "not" or (cue == "phone" and not lettered):
                confidence = each.bare - 0.4
            number = match.group()
            if confidence > 0 and each.valid(number):
                value = re.sub(r"[^A-Z0-9]", "", number.upper())
                yield Found(begin, stop, Kind.NATIONAL_ID, confidence, value)


_US_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9])\d{3}[- .]?\d\d[- .]?\d{4}(?![A-Za-z0-9])")


def social_security_in_context(window: Window) -> Iterator[Found]:
    """Nine digits that the text calls a social security number, whether or not it was given out."""
    for match in _US_NUMBER.finditer(window.text, window.start, window.end):
        left, right = window.text[: match.start()], window.text[match.end() :]
        if nearest_cue(left, right) == "ssn":
            value = re.sub(r"\D", "", match.group())
            yield Found(match.start(), match.end(), Kind.NATIONAL_ID, 0.95, value)


_TOLD: Final = re.compile(
    r"(?<![A-Za-z])(?=[A-Za-z])(?:national|identity|identification|personal|citizen|resident|tax(?:payer)?|fiscal|insurance|"
    r"social security|ssn|nino|medicare|aadhaar|pan|cpf|dni|nie|nif|bsn|pesel|cuil|cuit|curp|rfc|rut|"
    r"personnummer|steuer|burgerservice|id card|nric|tckn|amka|oib|cnp|egn|hetu|cpr|tin|nin|sin|tfn|svnr|id (?=n)|id_?(?=num))"
    r"[\s_-]?(?:security|card|id|identification|identity|code|file|insurance)?[\s_-]?"
    r"(?:number|num|no\.?|nr\.?|nummer|#)?(?:\sis|\sfor\s\w{1,12}(?:\sis)?)?[\s:=\"'#-]{1,5}$",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]{1,4}[ -]?)?\d[\d ./-]{4,17}\d(?:[ -]?[A-Z]{1,2})?(?![A-Za-z0-9])"
)


def told_in(window: Window) -> Iterator[Found]:
    """A number that the words right before it call somebody's, whatever its check digits say."""
    begin = max(window.start - 5, 0)
    for match in _NUMBER.finditer(window.text, begin, min(window.end + 3, len(window.text))):
        start = match.start()
        if (match.group(1) or "").endswith(" ") and _TOLD.search(match.group(1)):
            start = match.end(1)  # as in "BSN 123456789": the letters say what follows
        number = window.text[start : match.end()]
        before = window.text[max(start - 40, 0) : start]
        if not 6 <= sum(map(str.isdigit, number)) <= 14 or not _TOLD.search(before):
            continue
        if nearest_cue(before, "") in {"", "id", "ssn", "card"}:
            value = re.sub(r"[^A-Z0-9]", "", number.upper())
            yield Found(start, match.end(), Kind.NATIONAL_ID, 0.8, value)
