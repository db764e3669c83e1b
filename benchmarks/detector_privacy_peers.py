"""Peers that find personal data or secrets: Presidio's patterns, scrubadub, detect-secrets."""

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from benchmarks.detector_task import Method, microseconds
from training.measures import Kind
from training.privacy.judge import Span

Texts = Sequence[str]
Found = list[tuple[str, int, int, float]]
"""Kind in our names, first and last character, and how sure."""

_PRESIDIO: Final = {
    "CREDIT_CARD": "CARD",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "US_SSN": "NATIONAL_ID",
    "UK_NHS": "NATIONAL_ID",
    "US_ITIN": "NATIONAL_ID",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "MAC",
    "CRYPTO": "CRYPTO_WALLET",
    "US_PASSPORT": "PASSPORT",
    "US_DRIVER_LICENSE": "DRIVING_LICENCE",
}
_SCRUBADUB: Final = {
    "credit_card": "CARD",
    "phone": "PHONE",
    "email": "EMAIL",
    "social_security_number": "NATIONAL_ID",
    "credential": "SECRET",
}
_SURE: Final = 0.4
"""Presidio's findings count from here on: its patterns for plain digits are at 0.05 and below."""


@dataclass(frozen=True)
class SpanPeer:
    """A package that finds spans, the kinds it has, and how sure it can be."""

    package: str
    kinds: frozenset[str]
    kind: Kind
    load: Callable[[], Callable[[str], Found]]

    @property
    def there(self) -> bool:
        """Whether it is installed."""
        try:
            version(self.package)
        except PackageNotFoundError:
            return False
        return True

    @property
    def name(self) -> str:
        """The package with its version."""
        return f"{self.package} {version(self.package)}"

    def find(self, texts: Texts) -> list[list[Span]]:
        """The findings of every text that count."""
        one = self.load()
        return [
            [(kind, start, end) for kind, start, end, sure in one(text) if sure >= _SURE]
            for text in texts
        ]

    def method(self, texts: Texts) -> Method:
        """The surest finding of every text, and the time it takes."""
        one = self.load()

        def surest(some: Texts) -> Any:
            return np.array([max((sure for *_, sure in one(text)), default=0.0) for text in some])

        return Method(self.name, self.kind, surest(texts), microseconds(surest, texts[:100]))


@cache
def _presidio() -> Callable[[str], Found]:
    analyzer: Any = importlib.import_module("presidio_analyzer")
    engines: Any = importlib.import_module("presidio_analyzer.nlp_engine")
    spacy: Any = importlib.import_module("spacy")
    tldextract: Any = importlib.import_module("tldextract.tldextract")
    # Its list of top-level domains is that of the package, not one from the network.
    tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)

    def lemmas(document: Any) -> Any:
        """Small letters as lemmas, by which Presidio compares the words nearby."""
        for token in document:
            token.lemma_ = token.lower_
        return document

    spacy.Language.component("small_letters", func=lemmas)
    blank = spacy.blank("en")
    blank.add_pipe("small_letters")
    engine = engines.SpacyNlpEngine()
    engine.nlp = {"en": blank}
    registry = analyzer.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    found = analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=["en"]
    )
    kinds = list(_PRESIDIO)

    def one(text: str) -> Found:
        results = found.analyze(text=text, language="en", entities=kinds)
        return [(_PRESIDIO[r.entity_type], r.start, r.end, r.score) for r in results]

    return one


@cache
def _scrubadub() -> Callable[[str], Found]:
    scrubber: Any = importlib.import_module("scrubadub").Scrubber()

    def one(text: str) -> Found:
        return [
            (_SCRUBADUB[filth.type], filth.beg, filth.end, 1.0)
            for filth in scrubber.iter_filth(text)
            if filth.type in _SCRUBADUB
        ]

    return one


@cache
def _detect_secrets() -> Callable[[str], Found]:
    scan: Any = importlib.import_module("detect_secrets.core.scan").scan_line
    settings: Any = importlib.import_module("detect_secrets.settings").default_settings

    def secrets(text: str) -> Iterator[tuple[str, int, int, float]]:
        with settings():
            for line in text.split("\n"):
                for secret in scan(line):
                    start = text.find(secret.secret_value)
                    yield "SECRET", start, start + len(secret.secret_value), 1.0

    return lambda text: list(secrets(text))


PRIVACY: Final = (
    SpanPeer("presidio-analyzer", frozenset(_PRESIDIO.values()), "score", _presidio),
    SpanPeer("scrubadub", frozenset(_SCRUBADUB.values()), "flag", _scrubadub),
    SpanPeer("detect-secrets", frozenset({"SECRET"}), "flag", _detect_secrets),
)
