"""What the words around a number say that it is."""

import re
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
_NEAREST: Final = re.compile(
    "(?:(?<![A-Za-z])|(?<=(?-i:[a-z]))(?=(?-i:[A-Z])))(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _CUES.items())
    + ")"
    "(?!(?-i:[a-z]{2})|(?-i:[A-Z][A-Z]))",
    re.IGNORECASE,
)
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
    for match in _NEAREST.finditer(left[-_LEFT:]):
        cue = match.lastgroup or ""
    if not cue:
        first = _NEAREST.search(right[:_RIGHT].partition("\n")[0])
        cue = first.lastgroup or "" if first else ""
    return cue
