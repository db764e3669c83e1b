"""Bank accounts and crypto wallets."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import bitcoin, iban

from detectors.privacy.kinds import Kind
from detectors.privacy.window import Found, Window

_IBAN: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"
)
_CUE: Final = re.compile(r"iban", re.IGNORECASE)


def ibans_in(window: Window) -> Iterator[Found]:
    """IBANs that touch the window's place."""
    text, end = window.text, min(window.end + 40, len(window.text))
    for match in _IBAN.finditer(text, max(window.start - 16, 0), end):
        number = re.sub(r"[ -]", "", match.group()).upper()
        # Behind a spaced IBAN the next words may look like a part of it.
        for length in range(len(number), 14, -1):
            if iban.is_valid(number[:length], check_country=False):
                stop = _position(text, match.start(), length)
                if not text[stop : stop + 1].isalnum():
                    yield Found(match.start(), stop, Kind.IBAN, 0.98, number[:length])
                break
        else:
            told = _CUE.search(text, max(match.start() - 24, 0), match.start()) is not None
            if told or (match.group()[:2].isupper() and _divides(number)):
                yield Found(*match.span(), Kind.IBAN, 0.85, number)


def _divides(number: str) -> bool:
    """Whether the check digits are right (ISO 7064, mod 97-10), whatever the country's format."""
    turned = number[4:] + number[:4]
    return len(number) > 14 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _position(text: str, start: int, characters: int) -> int:
    """Where so many letters and digits from ``start`` end."""
    while characters:
        characters -= text[start].isalnum()
        start += 1
    return start


_BITCOIN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc|BC)1[a-zA-Z0-9]{11,71})(?![A-Za-z0-9])"
)
_ETHEREUM: Final = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_NO_WALLET: Final = re.compile(r"(?:tx|hash|commit|transaction|sha1?)\W{0,3}$", re.IGNORECASE)


def wallets_in(window: Window) -> Iterator[Found]:
    """Bitcoin and Ethereum addresses in the window's place."""
    for match in _BITCOIN.finditer(window.text, window.start, window.end):
        if bitcoin.is_valid(match.group()):
            yield Found(*match.span(), Kind.CRYPTO_WALLET, 0.97, match.group())
    for match in _ETHEREUM.finditer(window.text, window.start, window.end):
        if not _NO_WALLET.search(window.text, max(match.start() - 16, 0), match.start()):
            yield Found(*match.span(), Kind.CRYPTO_WALLET, 0.85, match.group().lower())
