"""What the words around a number say that it is."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_CUES: Final = {
    "phone": r"phone|mobile|cell|tel|call|fax|whatsapp|sms|text(?:ed)?(?: me)?(?: at| on)|dial|"
    r"handy|mobil|telefon\w*|anruf\w*|rufnummer|tél\w*|portable|appel\w*|tel[eé]fono|celular|"
    r"m[oó]vil|ll[aá]m\w*|telem[oó]vel|ligar|cellulare|chiam\w*|bel|telefoon\w*|numer telefonu|"
    r"reach (?:me|us|him|her|them)|answering|messages to|contact|hotline|landline|ring me|caller|"
    r"callback|pager|手机|手機|电话|電話|携帯|휴대폰|전화|телефон\w*|тел|моб|هاتف|جوال|טלפון|फ़ोन|मोबाइल",
    "own": r"(?:my|his|her|their|our|your)(?: (?:new|old|other|work|home|direct|private|current|own))? "
    r"number|i['’ ]?a?m at",
    "card": r"card|visa|mastercard|amex|american express|maestro|discover|diners|kreditkarte\w*|"
    r"carte|tarjeta|carta|cart[aã]o|\bcc\b|pan",
    "ssn": r"ssn|social security|soc sec",
    "id": r"national id|identity card|identity|id number|id card|citizen|nif|nie|dni|nin|ni number|"
    r"national insurance|nhs|tax id|tin|taxpayer|itin|steuer\w*|idnr|personalausweis\w*|"
    r"sozialversicherung\w*|versichertennummer|rentenversicherung\w*|"
    r"codice fiscale|c[oó]digo fiscal|s[eé]curit[eé] sociale|nir|num[eé]ro fiscal|bsn|"
    r"burgerservice\w*|sofi|pesel|cpf|rg|aadhaar|aadhar|uidai|pan|personnummer|hetu|henkil[oö]tunnus|"
    r"cpr|f[oø]dselsnummer|personal (?:identification|number|code)|rijksregister\w*|registre national|"
    r"ahv|avs|pps|sin|social insurance|tfn|tax file|medicare|curp|rut|run|tc kimlik|kimlik|nric|"
    r"fin|resident|rrn|my number|mynumber|rodn[eé] [cč][ií]slo|cnp|egn|oib|amka|teudat|nik|"
    r"rfc|cuit|cuil|svnr|sv-nummer|身份证|身分證|マイナンバー|주민등록|инн|снилс|"
    r"health (?:card|number|insurance)|insurance number|documento|identidad|identit[aà]",
    "account": r"account|acct|konto\w*|compte|cuenta|conto|conta|rekening\w*|routing|aba|sort code|"
    r"iban|bank",
    "passport": r"pass(?:port|eport|aporto|aporte)|pasaporte|reisepass\w*|paszport\w*|passnummer",
    "licence": r"licen[cs]e|f[uü]hrerschein\w*|permis|conducir|dl",
    "not": r"order|invoice|ticket|tracking|shipment|parcel|isbn|issn|doi|pmid|arxiv|sku|upc|ean|"
    r"asin|serial|model|part|version|build|commit|revision|release|timestamp|epoch|unix|"
    r"transaction|reference|ref|case|booking|confirmation|receipt|po|port|size|bytes|pid|"
    r"item|product|article|artikel\w*|bestell\w*|rechnung\w*|auftrag\w*|sendung\w*|commande|"
    r"facture|pedido|factura|ordine|fattura|fatura|barcode|batch|lot|vin|coordinates?|lat|lon|"
    r"latitude|longitude|seed|hash|checksum|distance|population|revenue|total|sum|amount|price|"
    r"year|years|date|id_|uuid|guid|job|run id|log|error|line|row|imei|request|session|meter|"
    r"bestilling\w*|encomenda|zam[oó]wien\w*|numero de serie|meeting id|flight|hex|offset|address 0x",
}
_NOT_BEHIND: Final = "(?!(?-i:[a-z]{2})|(?-i:[A-Z][A-Z]))"
_BEGIN: Final = re.compile(r"(?<![A-Za-z])[^\W\d_]|(?<=[a-z])[A-Z]")
"""Where a word begins, or a part of one as in ``orderNumber``."""
_LEFT: Final = 56
_RIGHT: Final = 24


def nearest_cue(left: str, right: str) -> str:
    """The kind that the last cue before a number tells, else the first one behind it.

    One of ``phone``, ``own`` (somebody's number, likely of a phone), ``card``, ``ssn``, ``id``, ``account``, ``passport``, ``licence``, ``not``
    (something that is no personal data), or the empty string.

    >>> nearest_cue("my phone, not my order number: ", "")
    'not'
    >>> nearest_cue("", " is my card")
    'card'
    """
    cue = ""
    for cue in _cues_in(left[-_LEFT:]):  # noqa: B007 - the last one
        pass
    return cue or next(_cues_in(right[:_RIGHT].partition("\n")[0]), "")


def _cues_in(text: str) -> Iterator[str]:
    """The kinds that words tell, in their order: none begins inside another one."""
    by_initial = _by_initial()
    reach = 0
    for begin in _BEGIN.finditer(text):
        start = begin.start()
        if start < reach:
            continue
        cues = by_initial.get(_initial(text[start]))
        if cues is not None and (match := cues.match(text, start)):
            reach = match.end()
            yield match.lastgroup or ""


def _initial(letter: str) -> str:
    # What expressions that ignore case take for the same letter.
    return "i" if letter == "ı" else letter.casefold()[0]


@cache
def _by_initial() -> dict[str, re.Pattern[str]]:
    """The cues that begin with each letter: of all of them at every word most are tried in vain."""
    by_initial: dict[str, dict[str, list[str]]] = {}
    for kind, words in _CUES.items():
        for cue in alternatives(words):
            for letter in initials(cue):
                by_initial.setdefault(letter, {}).setdefault(kind, []).append(cue)
    return {
        letter: re.compile(
            f"(?:{'|'.join(f'(?P<{kind}>{chr(124).join(cues)})' for kind, cues in kinds.items())})"
            + _NOT_BEHIND,
            re.IGNORECASE,
        )
        for letter, kinds in by_initial.items()
    }


def alternatives(expression: str) -> list[str]:
    """The alternatives of an expression, those inside brackets together.

    >>> alternatives("a|b(?:c|d)|[|]e")
    ['a', 'b(?:c|d)', '[|]e']
    """
    found, depth, begin, in_set = [], 0, 0, False
    for place, sign in enumerate(expression):
        in_set = sign == "[" or (in_set and sign != "]")
        if not in_set:
            depth += (sign == "(") - (sign == ")")
            if sign == "|" and not depth:
                found.append(expression[begin:place])
                begin = place + 1
    return [*found, expression[begin:]]


def initials(expression: str) -> set[str]:
    r"""The letters that what it finds may begin with, small ones.

    >>> sorted(initials(r"(?:my|[tw]ho|\bour) phone"))
    ['m', 'o', 't', 'w']
    """
    expression = expression.removeprefix(r"\b")
    if expression.startswith("(?:"):
        depth = 0
        for place, sign in enumerate(expression):
            depth += (sign == "(") - (sign == ")")
            if not depth:
                inner = alternatives(expression[len("(?:") : place])
                return set().union(*map(initials, inner))
    if expression.startswith("["):
        return {_initial(letter) for letter in expression[1 : expression.index("]")]}
    if not expression[:1].isalpha():
        raise ValueError(f"a cue begins with a letter: {expression}")
    return {_initial(expression[0])}
