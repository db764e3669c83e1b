"""A corpus with known personal data, from templates in several languages.

``DEVELOPED`` templates were looked at while the detector was made; ``UNSEEN`` ones were written
before it was first run on either, and nothing was changed for what they showed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from training.privacy.values import KINDS, LOOKALIKES

DEVELOPED: Final = (
    "Please write to {EMAIL} about the refund.",
    "My e-mail is {EMAIL}, phone {PHONE}.",
    "You can call me on {PHONE} after five.",
    "Ruf mich bitte unter {PHONE} an.",
    "Mon numéro de téléphone est {PHONE}, merci.",
    "I paid with card {CARD}, it was charged twice.",
    "Charge {CARD}, please.",
    "Transfer it to {IBAN} today.",
    "Meine IBAN lautet {IBAN}.",
    "The request came from {IP} last night.",
    "Failed login from {IP} port 22",
    "The adapter's MAC is {MAC}.",
    "My id is {NATIONAL_ID}.",
    "Her number: {NATIONAL_ID}",
    "Mein Steuer-ID / BSN / PESEL ist {NATIONAL_ID_TOLD}",
    "export TOKEN={SECRET}",
    "Why does this fail? client = Client('{SECRET}')",
    "password: {PASSWORD}",
    "My password is {PASSWORD} and it does not work",
    'api_key = "{OPAQUE}"',
    "CLIENT_SECRET={OPAQUE}",
    "I was born on {DATE_OF_BIRTH} in Porto.",
    "Date of birth: {DATE_OF_BIRTH}",
    "I live at {ADDRESS}.",
    "Send it to {ADDRESS}, please",
    "Pay to {CRYPTO_WALLET} only.",
    "My passport number is {PASSPORT}.",
    "Where is order {order}? It was due {date}.",
    "Tracking number {tracking} has not moved since {stamp}.",
    "Commit {sha} broke build {version}.",
    "Request {uuid} failed at {stamp} with code 500.",
    "ISBN {isbn} costs {price}.",
    "The population was {number} in {years}.",
    "Upgrade to version {version} of the library, then call {name}.",
    "md5 {md5} of part {part}, SKU {sku}",
    "It is at {coordinates}; p = {decimal}; t = {epoch}",
    "Set the password to something strong, and never share your token with anyone.",
    "The secret of good bread is time: 24 hours.",
    "Mark will drive down the street in May; the court has 12 members.",
    "A born leader of 35 years, she moved to 3 countries.",
)

UNSEEN: Final = (
    "Contact: {EMAIL}",
    "hey, forward this to {EMAIL} and cc {EMAIL} thanks",
    "Reach out at {PHONE} or {EMAIL}.",
    "Mi móvil es {PHONE}, llámame mañana.",
    "Text me: {PHONE}",
    '{{"user": "x", "phone": "{PHONE}"}}',
    "Card number {CARD} exp 09/27",
    "is {CARD} a valid visa?",
    "Bitte überweisen Sie den Betrag auf {IBAN}, danke.",
    "iban={IBAN}&amount=20",
    "Block the client {IP} in the firewall",
    "X-Forwarded-For: {IP}",
    "device {MAC} joined the network",
    "tax file shows {NATIONAL_ID} for this customer",
    "DNI/SSN/CPF: {NATIONAL_ID}, please verify my identity",
    "Numer PESEL lub BSN: {NATIONAL_ID_TOLD}",
    "curl -H 'Authorization: Bearer {SECRET}' https://api.example.com/v1",
    "I pushed {SECRET} to the public repo by mistake",
    "login: admin password: {PASSWORD}",
    "DB_PASSWORD={PASSWORD}",
    '"access_token": "{OPAQUE}",',
    "secret_key: {OPAQUE}",
    "geboren am {DATE_OF_BIRTH} in Graz",
    "DOB {DATE_OF_BIRTH}, patient stable",
    "Our new address is {ADDRESS}",
    "Deliver to {ADDRESS} before noon",
    "my eth wallet {CRYPTO_WALLET} got drained",
    "Passport no. {PASSPORT} expires soon",
    "Invoice {order} from {date} is still open, total {price}.",
    "The parcel {tracking} left on {date}",
    "git checkout {sha} && make",
    "trace_id={uuid} span={sha}",
    "See chapter 3.2.1.4 of ISBN {isbn}",
    "Python {version} was released on {date}",
    "Between {years} about {number} people left.",
    "etag: {md5}",
    "lat/lon {coordinates}",
    "created_at: {epoch}, updated {stamp}",
    "Item {sku} ({part}) is out of stock, price {price}",
    "loss={decimal} after 12000 steps",
    "How do I reset my password? The reset code never arrives.",
    "key: value pairs are separated by a comma; token count: 4096",
    "The address bar shows 3 icons; drive to the place on 5th of June.",
    "In 1990 the author was born again as a painter, critics say.",
)

_SLOT: Final = re.compile(r"(?<!\{)\{([A-Za-z_]+)\}(?!\})")
_PLAIN: Final = {"NATIONAL_ID_TOLD": "NATIONAL_ID", "PASSWORD": "SECRET", "OPAQUE": "SECRET"}


@dataclass(frozen=True)
class Example:
    """A text and what is in it: kind, first and last character (exclusive)."""

    text: str
    template: int
    spans: tuple[tuple[str, int, int], ...]


def corpus(templates: Sequence[str], each: int, seed: int) -> Iterator[Example]:
    """``each`` texts of every template, the same for the same seed.

    Examples
    --------
    >>> example = next(corpus(["write to {EMAIL}"], 1, seed=1))
    >>> example.spans[0][:2]
    ('EMAIL', 9)
    """
    rng = Random(seed)
    for number, template in enumerate(templates):
        for _ in range(each):
            yield _filled(template, number, rng)


def _filled(template: str, number: int, rng: Random) -> Example:
    text, spans, position = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[position : slot.start()].replace("{{", "{").replace("}}", "}")
        name = slot.group(1)
        value = (KINDS.get(name) or LOOKALIKES[name])(rng)
        if name in KINDS:
            spans.append((_PLAIN.get(name, name), len(text), len(text) + len(value)))
        text += value
        position = slot.end()
    text += template[position:].replace("{{", "{").replace("}}", "}")
    return Example(text, number, tuple(spans))
