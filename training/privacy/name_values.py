"""Names, places, companies and other capitalised words of many languages, from Faker."""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from faker import Faker
from faker.config import AVAILABLE_LOCALES

from training.hallucination.wordnet import WORDNET

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*(?: [^\W\d_]+)?")
_ROMANIZED: Final = ("first_romanized_names", "last_romanized_names")
_PLACES: Final = (
    "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "nl_NL", "pt_BR", "pl_PL", "sv_SE", "en_IN",
    "en_AU", "da_DK", "fi_FI", "no_NO", "cs_CZ", "ro_RO", "tr_TR", "es_MX", "de_AT", "de_CH", "hu_HU",
    "pt_PT", "fr_CA", "hr_HR", "sk_SK", "id_ID", "es_CO", "en_NZ", "it_CH", "fr_CH", "nl_BE", "sl_SI",
)  # fmt: skip
"""Not Italian of Italy: Faker draws its towns from a set, in another order every time."""
_EACH: Final = 400
_UNUSUAL: Final = 0.2
_PRODUCTS: Final = """
Galaxy S10|Windows 11|PlayStation 5|Google Maps|Facebook|Instagram|Visual Studio Code|Python|React Native|
Adobe Photoshop|Model S|Kindle|Excel|PowerPoint|iPhone 12|Android|Ubuntu|Docker|Kubernetes|PostgreSQL|
Gmail|Alexa|Siri|Netflix|Spotify|Minecraft|Fortnite|Zelda|Pokemon|Harry Potter and the Goblet of Fire|
The Lord of the Rings|Star Wars|Game of Thrones|Hamlet|Romeo and Juliet|Moby Dick|Don Quixote|Jane Eyre|
The Great Gatsby|War and Peace|Bohemian Rhapsody|Breaking Bad|The Simpsons|Batman|Superman|Toyota Corolla|
Ford Mustang|Honda Civic|Mercedes|Tesla|Boeing 747|Coca Cola|Nespresso|Nutella|Bluetooth|Java|JavaScript|
TensorFlow|Hadoop|Amazon Prime|Apple Watch|Surface Pro|Chromebook|Xbox Series X|Nintendo Switch|Bitcoin|
Ethereum|Airbus A380|Dell Inspiron|Lenovo ThinkPad|Canon EOS|Nikon Z6|GoPro Hero|Fitbit Versa|Premium Plan|
Gold Card|Business Account|Summer Sale|Black Friday|Champions League|World Cup|Super Bowl|Nobel Prize|
Grammy Award|Oscar|Euro 2016|Magna Carta|Bible|Quran|Big Bang|World War II|Cold War|Great Depression|
Renaissance|Golden Gate Bridge|Eiffel Tower|Statue of Liberty|Mona Lisa|Titanic|Apollo 11|Hubble|Voyager
"""
_JOBS: Final = """
Sales Manager|Software Engineer|CEO|Chief Financial Officer|Director|Head of Marketing|Project Manager|
Airport Tower Controller|Nurse|Professor|Account Executive|Data Scientist|Lawyer|Governor|Prime Minister|
Foreign Minister|Detective|Captain|actor|singer|writer|footballer|physicist|spokesman|guitarist|coach|
general manager|Chancellor|Vice President|Team Lead|HR Business Partner|Consultant|Teacher|Mayor
"""
_WORDS: Final = """
Password|Settings|Introduction|Conclusion|Summary|Note|Important|Warning|Example|Answer|Question|Step|Please|
However|Therefore|Additionally|First|Second|Finally|Yes|No|Maybe|Sure|Sorry|Okay|Hello|Welcome|Today|Tomorrow|
Monday|Friday|English|French|German|Spanish|Chinese|Christian|Muslim|Jewish|European|American|African|Asian|
Democratic|Republican|Congress|Parliament|Senate|Army|Navy|Internet|Email|Website|Server|Database|Network|
Security|Privacy|Finance|Marketing|Sales|Support|Human Resources|Engineering|Design|Research|History|Science|
Math|Physics|Chemistry|Biology|Medicine|Music|Art|Sports|Football|Tennis|Chess|Food|Travel|Hotel|Flight|Ticket|
Order|Invoice|Payment|Refund|Shipping|Delivery|Address|Phone|Name|City|Country|Date|Time|Status|Priority|High|
Low|Medium|Open|Closed|Pending|Active|Home|Work|Mobile|Office|Title|Description|Comments|Zombie|Hobbits|Beatles
"""
_MONTHS: Final = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Januar|"
    "Februar|März|Mai|Juni|Juli|Oktober|Dezember|summer|Spring|Easter|Christmas"
)


_LOCATIONS: Final = "15"
"""The number of WordNet's file of places."""


@dataclass(frozen=True)
class Values:
    """What slots of templates are filled with."""

    given: tuple[tuple[str, ...], ...]
    family: tuple[tuple[str, ...], ...]
    places: tuple[tuple[dict[str, str], ...], ...]
    cities: tuple[str, ...]

    def given_name(self, rng: Random, language: int) -> str:
        """A given name of a language."""
        return _maybe_made_up(rng.choice(self.given[language]), self.given[language], rng)

    def family_name(self, rng: Random, language: int) -> str:
        """A family name of a language."""
        name = _maybe_made_up(rng.choice(self.family[language]), self.family[language], rng)
        if rng.random() < 0.04:
            name = (
                rng.choice(("de ", "van ", "von ", "van der ", "de la ", "Mc", "O'", "al-", "di "))
                + name
            )
        return name

    def full_name(self, rng: Random, language: int) -> str:
        """Given and family name, some with more of either."""
        given, family = self.given_name(rng, language), self.family_name(rng, language)
        initial = rng.choice("ABCDEFGHJKLMNPRSTW")
        forms = (
            f"{given} {initial}. {family}",
            f"{given} {initial} {family}",
            f"{given} {self.given_name(rng, language)} {family}",
            f"{given} {family} {self.family_name(rng, language)}",
            f"{given} {family}-{self.family_name(rng, language)}",
            f"{given[0]}. {family}",
        )
        return rng.choice(forms) if rng.random() < _UNUSUAL else f"{given} {family}"


def _maybe_made_up(name: str, others: tuple[str, ...], rng: Random) -> str:
    """The name, or the beginning of it with another one's end: no list holds all names."""
    if rng.random() < 0.75 or len(name) < 5:
        return name
    other = rng.choice(others)
    cut = max(2, len(name) // 2)
    return name[:cut] + other[max(1, len(other) // 2) :].lower()


@cache
def values() -> Values:
    """All values, the same for the same version of Faker."""
    given, family = [], []
    for language in AVAILABLE_LOCALES:
        try:
            provider = importlib.import_module(f"faker.providers.person.{language}").Provider
        except ImportError:
            continue
        first = sorted(set(_names(provider, "first")))
        last = sorted(set(_names(provider, "last")))
        if len(first) > 20 and len(last) > 20:
            given.append(tuple(first))
            family.append(tuple(last))
    places = []
    for language in _PLACES:
        fake = Faker(language)
        fake.seed_instance(11)
        places.append(
            tuple(
                {
                    "CITY": fake.city(), "COMPANY": fake.company(), "COUNTRY": fake.country(),
                    "STREET": fake.street_name(), "ADDRESS": fake.address(),
                    "JOB": fake.job(),
                }
                for _ in range(_EACH)
            )
        )  # fmt: skip
    return Values(tuple(given), tuple(family), tuple(places), tuple(_known_places()))


def _known_places() -> list[str]:
    """Cities, countries, rivers … of WordNet 3.0 (Debian's package wordnet-base)."""
    found = set()
    with (WORDNET / "data.noun").open(encoding="utf-8") as lines:
        for line in lines:
            fields = line.split(" ", 5)
            if fields[1] == _LOCATIONS and fields[4][:1].isupper():
                found.add(fields[4].replace("_", " "))
    return sorted(found)


def _names(provider: type, kind: str) -> Iterator[str]:
    for attribute, listed in vars(provider).items():
        if attribute.startswith((f"{kind}_name", f"{kind}_romanized")) and isinstance(
            listed, tuple | list | dict
        ):
            for name in listed:
                if isinstance(name, str) and _WORD.fullmatch(name) and name[0].isupper():
                    yield name


def other_value(slot: str, rng: Random) -> str:
    """What fills a slot that is no name."""
    if slot in _OF_PLACES or (slot == "JOB" and rng.random() < 0.4):
        return _of_place(slot, rng)
    if slot in _MADE:
        return _MADE[slot](rng)
    return rng.choice(_LISTED[slot].split("|")).strip()


def _of_place(slot: str, rng: Random) -> str:
    if slot == "CITY" and rng.random() < 0.5:
        return rng.choice(values().cities)
    if slot == "CITY" and rng.random() < 0.3:
        slot = "COUNTRY"
    value = rng.choice(rng.choice(values().places))[slot]
    return value if slot != "ADDRESS" or rng.random() < 0.5 else value.replace("\n", ", ")


_OF_PLACES: Final = frozenset(("CITY", "COMPANY", "COUNTRY", "STREET", "ADDRESS"))
_LISTED: Final = {"PRODUCT": _PRODUCTS, "JOB": _JOBS, "WORD": _WORDS, "MONTH": _MONTHS}
_MADE: Final[dict[str, Callable[[Random], str]]] = {
    "EMAIL": lambda rng: (
        f"{rng.choice(('info', 'j.doe', 'x12', 'maria'))}@{rng.choice(('mail.com', 'web.de'))}"
    ),
    "PHONE": lambda rng: (
        f"+{rng.randrange(1, 90)} {rng.randrange(100, 999)} {rng.randrange(100000, 9999999)}"
    ),
    "DATE": lambda rng: (
        f"{rng.randrange(1, 28)}/{rng.randrange(1, 12)}/{rng.randrange(1950, 2024)}"
    ),
    "INITIAL": lambda rng: f"{rng.choice('ABCDEFGHJKLMNPRSTW')}.",
}


def frequent_words() -> list[tuple[str, ...]]:
    """Frequent words of languages with capitals, other than English, as they are written."""
    found = []
    for language in AVAILABLE_LOCALES:
        try:
            provider = importlib.import_module(f"faker.providers.lorem.{language}").Provider
        except ImportError:
            continue
        words = [word for word in provider.word_list if _WORD.fullmatch(word)]
        cased = sum(word.lower() != word.upper() for word in words)
        if not language.startswith(("en_", "la")) and cased > len(words) / 2:
            found.append(tuple(sorted(set(words))))
    return found


def sentence(words: tuple[str, ...], rng: Random) -> str:
    """A few words of a language in a row, the first with a capital, now and then all of them."""
    chosen = rng.choices(words, k=rng.randrange(2, 10))
    chosen[0] = chosen[0][:1].upper() + chosen[0][1:]
    if rng.random() < 0.2:
        chosen = [word[:1].upper() + word[1:] for word in chosen[:4]]
    return " ".join(chosen) + rng.choice(("", ".", ":", "?", "!"))
