"""Made-up personal data and secrets with right check digits, and what only looks like them."""

import base64
import string
import uuid
from collections.abc import Callable
from random import Random
from typing import Final

_ALNUM: Final = string.ascii_letters + string.digits
_HEX: Final = "0123456789abcdef"


def digits(rng: Random, count: int) -> str:
    """So many random digits, the first not 0."""
    return str(rng.randrange(1, 10)) + "".join(rng.choices(string.digits, k=count - 1))


def chars(rng: Random, alphabet: str, count: int) -> str:
    """So many random characters of an alphabet."""
    return "".join(rng.choices(alphabet, k=count))


def luhn_digit(number: str) -> str:
    """The check digit that makes a number pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(rng: Random) -> str:
    """A payment card number, plain or in groups."""
    prefix, length = rng.choice(
        [("4", 16), ("4", 16), ("51", 16), ("54", 16), ("2231", 16), ("34", 15), ("37", 15),
         ("6011", 16), ("65", 16), ("3530", 16), ("36", 14)]
    )  # fmt: skip
    body = prefix + chars(rng, string.digits, length - len(prefix) - 1)
    number = body + luhn_digit(body)
    sign = rng.choice(["", " ", "-"])
    if length == 16:
        return sign.join(number[i : i + 4] for i in range(0, 16, 4))
    return sign.join((number[:4], number[4:10], number[10:]))


def iban(rng: Random) -> str:
    """An IBAN of one of six countries, plain or in groups of four."""
    country, length = rng.choice(
        [("DE", 22), ("FR", 27), ("ES", 24), ("NL", 18), ("IT", 27), ("GB", 22)]
    )
    count = length - 4
    if country == "NL":
        body = chars(rng, string.ascii_uppercase, 4) + digits(rng, 10)
    elif country == "GB":
        body = chars(rng, string.ascii_uppercase, 4) + digits(rng, 14)
    elif country == "IT":
        body = rng.choice(string.ascii_uppercase) + digits(rng, count - 1)
    else:
        body = digits(rng, count)
    as_number = "".join(str(int(c, 36)) for c in body + country + "00")
    number = f"{country}{98 - int(as_number) % 97:02d}{body}"
    if rng.random() < 0.5:
        return " ".join(number[i : i + 4] for i in range(0, length, 4))
    return number


def phone(rng: Random) -> str:
    """A phone number in the manner of one of several countries."""
    d: Callable[[int], str] = lambda n: digits(rng, n)  # noqa: E731
    area = str(rng.randrange(201, 990))
    return rng.choice(
        [f"+1 {area}-{d(3)}-{d(4)}", f"({area}) {d(3)}-{d(4)}", f"{area}-{d(3)}-{d(4)}",
         f"+1{area}{d(7)}", f"+44 7{d(3)} {d(6)}", f"07{d(3)} {d(6)}", f"+44 20 {d(4)} {d(4)}",
         f"+49 1{rng.choice('567')}{rng.randrange(10)} {d(7)}", f"0{d(2)}/{d(7)}",
         f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}", f"06 {d(2)} {d(2)} {d(2)} {d(2)}",
         f"+34 6{d(2)} {d(3)} {d(3)}", f"+39 3{d(2)} {d(7)}", f"+31 6 {d(8)}",
         f"+48 5{d(2)} {d(3)} {d(3)}", f"+91 9{d(4)} {d(5)}", f"+55 (11) 9{d(4)}-{d(4)}",
         f"+61 4{d(2)} {d(3)} {d(3)}", f"{area}.{d(3)}.{d(4)}"]
    )  # fmt: skip


def us_ssn(rng: Random) -> str:
    """A US social security number with hyphens."""
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"


def dni(rng: Random) -> str:
    """A Spanish DNI."""
    number = rng.randrange(10_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def cpf(rng: Random) -> str:
    """A Brazilian CPF with its signs."""
    number = digits(rng, 9)
    for _ in range(2):
        total = sum(int(d) * w for d, w in zip(reversed(number), range(2, 12), strict=False))
        number += str(total * 10 % 11 % 10)
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def nir(rng: Random) -> str:
    """A French NIR with its key."""
    body = (
        f"{rng.choice('12')}{rng.randrange(100):02d}{rng.randrange(1, 13):02d}"
        f"{rng.randrange(1, 20):02d}{digits(rng, 3)}{digits(rng, 3)}"
    )
    return f"{body}{97 - int(body) % 97:02d}"


def pesel(rng: Random) -> str:
    """A Polish PESEL of somebody born in the twentieth century."""
    body = (
        f"{rng.randrange(40, 99)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
        f"{chars(rng, string.digits, 4)}"
    )
    total = sum(int(d) * w for d, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return f"{body}{-total % 10}"


def nino(rng: Random) -> str:
    """A British national insurance number."""
    first = rng.choice(["AB", "CE", "JK", "LM", "PR", "SW", "YA"])
    a, b, c = (chars(rng, string.digits, 2) for _ in range(3))
    sign = rng.choice(["", " "])
    return sign.join((first, a, b, c, rng.choice("ABCD")))


def bsn(rng: Random) -> str:
    """A Dutch BSN."""
    while True:
        body = digits(rng, 8)
        check = sum(int(d) * w for d, w in zip(body, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return f"{body}{check}"


def steuer_id(rng: Random) -> str:
    """A German tax id: of its first ten digits one comes twice and one never."""
    order = rng.sample(string.digits, 9)
    body = [*order, rng.choice(order[:8])]
    if body[0] == "0":
        body[0], body[1] = body[1], body[0]
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def nie(rng: Random) -> str:
    """A Spanish NIE."""
    first, number = rng.choice("XYZ"), digits(rng, 7)
    value = int(str("XYZ".index(first)) + number)
    return f"{first}{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[value % 23]}"


def ip(rng: Random) -> str:
    """An IPv4 or IPv6 address."""
    if rng.random() < 0.7:
        first = rng.choice([23, 34, 52, 81, 91, 104, 151, 178, 192, 203, 10])
        return f"{first}." + ".".join(str(rng.randrange(1, 255)) for _ in range(3))
    return "2a01:" + ":".join(chars(rng, _HEX, 4) for _ in range(7))


def mac(rng: Random) -> str:
    """A hardware address."""
    return rng.choice(":-").join(chars(rng, _HEX, 2) for _ in range(6))


def key(rng: Random) -> str:
    """A key or token in a provider's format."""

    def a(count: int) -> str:
        return chars(rng, _ALNUM, count)

    def h(count: int) -> str:
        return chars(rng, _HEX, count)

    def jwt() -> str:
        parts = (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"' + a(10).encode() + b'"}')
        head = ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)
        return f"{head}.{a(43)}"

    return rng.choice(
        [f"AKIA{chars(rng, string.ascii_uppercase + '234567', 16)}", f"ghp_{a(36)}",
         f"github_pat_{a(22)}_{a(59)}", f"xoxb-{digits(rng, 12)}-{digits(rng, 12)}-{a(24)}",
         f"sk_live_{a(24)}", f"rk_live_{a(24)}", f"sk-{a(48)}", f"sk-proj-{a(64)}",
         f"sk-ant-api03-{a(93)}AA", f"AIza{a(35)}", f"glpat-{a(20)}", f"hf_{a(34)}",
         f"npm_{a(36)}", f"SG.{a(22)}.{a(43)}", f"dop_v1_{h(64)}", f"shpat_{h(32)}", jwt(),
         f"gsk_{a(52)}", f"dapi{h(32)}", f"NRAK-{chars(rng, string.ascii_uppercase + string.digits, 27)}"]
    )  # fmt: skip


def password(rng: Random) -> str:
    """A password as people choose them, with a digit and a sign or a capital."""
    word = rng.choice(["Sunny", "dragon", "Winter", "blue", "Monkey", "tiger", "Coffee", "Lisbon"])
    return (
        f"{word}{rng.choice('!#$%&_-@')}{rng.randrange(10, 9999)}{rng.choice(['', '!', 'x', 'Q'])}"
    )


def opaque(rng: Random) -> str:
    """A secret without any format."""
    return chars(rng, _ALNUM if rng.random() < 0.6 else _HEX, rng.choice([24, 32, 40]))


def email(rng: Random) -> str:
    """An e-mail address of a person."""
    given = rng.choice(["ann", "bjorn", "carla", "dmitri", "esra", "fumiko", "gael", "hana"])
    family = rng.choice(["meyer", "okafor", "silva", "novak", "tanaka", "dupont", "rossi"])
    local = rng.choice(
        [
            f"{given}.{family}",
            f"{given}{rng.randrange(99)}",
            f"{given[0]}_{family}",
            f"{given}+shop",
        ]
    )
    domain = rng.choice(
        ["mailbox.org", "gmail.com", "web.de", "mail.example.co.uk", "corp.example", "posteo.net"]
    )
    return f"{local}@{domain}"


def birth(rng: Random) -> str:
    """A date of birth."""
    year, month, day = rng.randrange(1935, 2010), rng.randrange(1, 13), rng.randrange(1, 29)
    name = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December"][month - 1]  # fmt: skip
    return rng.choice(
        [f"{year}-{month:02d}-{day:02d}", f"{day:02d}/{month:02d}/{year}", f"{day}.{month}.{year}",
         f"{name} {day}, {year}", f"{day} {name} {year}"]
    )  # fmt: skip


def street(rng: Random) -> str:
    """A street address of one of several countries."""
    n, z = rng.randrange(1, 400), digits(rng, 5)
    return rng.choice(
        [f"{n} Maple Street, Springfield, IL {z}", f"{n} North Oak Avenue", f"{n}B Station Road",
         f"Lindenstraße {n}, {z} Leipzig", f"Am Alten Markt Weg {n}", f"{n} rue Victor Hugo, {z} Lyon",
         f"Calle Mayor {n}, {z} Madrid", f"Via Garibaldi {n}, {z} Torino", f"Rua Augusta {n}",
         f"{n} Willow Lane Apt. {n % 40 + 1}", f"Prinsengracht {n}", f"P.O. Box {n}7"]
    )  # fmt: skip


def wallet(rng: Random) -> str:
    """An Ethereum address."""
    return f"0x{chars(rng, _HEX, 40)}"


def passport(rng: Random) -> str:
    """A passport number."""
    return rng.choice(["C", "X", "AB", ""]) + digits(rng, 8)


KINDS: Final[dict[str, Callable[[Random], str]]] = {
    "EMAIL": email, "PHONE": phone, "CARD": card, "IBAN": iban, "IP": ip, "MAC": mac,
    "NATIONAL_ID": lambda rng: rng.choice([us_ssn, dni, cpf, nir, nino, nie])(rng),
    "NATIONAL_ID_TOLD": lambda rng: rng.choice([pesel, bsn, steuer_id])(rng),
    "SECRET": key, "PASSWORD": password, "OPAQUE": opaque, "DATE_OF_BIRTH": birth,
    "ADDRESS": street, "CRYPTO_WALLET": wallet, "PASSPORT": passport,
}  # fmt: skip
"""How a value of each kind is made."""


def isbn13(rng: Random) -> str:
    """A book's number."""
    body = "978" + digits(rng, 9)
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
    number = f"{body}{-total % 10}"
    return rng.choice([number, f"978-{number[3]}-{number[4:8]}-{number[8:12]}-{number[12]}"])


def _stamp(rng: Random) -> str:
    return (
        f"20{rng.randrange(10, 27)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        f"{rng.choice([' ', 'T'])}{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    )


LOOKALIKES: Final[dict[str, Callable[[Random], str]]] = {
    "order": lambda rng: rng.choice(
        [digits(rng, 10), digits(rng, 12), f"{digits(rng, 3)}-{digits(rng, 7)}-{digits(rng, 7)}"]
    ),
    "tracking": lambda rng: rng.choice([f"1Z{digits(rng, 16)}", digits(rng, 12), digits(rng, 20)]),
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "sha": lambda rng: chars(rng, _HEX, rng.choice([7, 40, 64])),
    "md5": lambda rng: chars(rng, _HEX, 32),
    "version": lambda rng: ".".join(str(rng.randrange(30)) for _ in range(rng.choice([3, 4]))),
    "isbn": isbn13,
    "price": lambda rng: f"${rng.randrange(1, 999)},{rng.randrange(100, 999)}.{rng.randrange(10, 99)}",
    "date": lambda rng: _stamp(rng)[:10],
    "stamp": _stamp,
    "epoch": lambda rng: str(rng.randrange(1_500_000_000, 1_900_000_000) * rng.choice([1, 1000])),
    "number": lambda rng: f"{rng.randrange(10**6, 10**10):,}",
    "sku": lambda rng: f"{chars(rng, string.ascii_uppercase, 3)}-{digits(rng, 5)}-{rng.choice('ABC')}",
    "part": lambda rng: f"{chars(rng, string.ascii_uppercase, 2)}{digits(rng, 8)}",
    "name": lambda rng: rng.choice(["user_id", "maxRetryCount", "std::vector<int>", "f8::to_bits"]),
    "coordinates": lambda rng: f"{rng.uniform(-80, 80):.6f}, {rng.uniform(-170, 170):.6f}",
    "years": lambda rng: f"{rng.randrange(1900, 1960)}-{rng.randrange(1961, 2020)}",
    "decimal": lambda rng: f"{rng.uniform(0, 1):.12f}",
}  # fmt: skip
"""How things are made that are no personal data but look like some."""
