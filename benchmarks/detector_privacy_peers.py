"""Peers that find personal data or secrets: Presidio's patterns, scrubadub, detect-secrets."""

import importlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
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
    load: Callable[[], Callable[[Texts], list[Found]]]

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
        return [
            [(kind, start, end) for kind, start, end, sure in found if sure >= _SURE]
            for found in self.load()(texts)
        ]

    def method(self, texts: Texts) -> Method:
        """The surest finding of every text, and the time it takes."""
        find = self.load()

        def surest(some: Texts) -> Any:
            return np.array(
                [max((sure for *_, sure in found), default=0.0) for found in find(some)]
            )

        return Method(self.name, self.kind, surest(texts), microseconds(surest, texts[:200]))


@cache
def _presidio() -> Callable[[Texts], list[Found]]:
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

    return lambda texts: [one(text) for text in texts]


@cache
def _scrubadub() -> Callable[[Texts], list[Found]]:
    scrubber: Any = importlib.import_module("scrubadub").Scrubber()

    def one(text: str) -> Found:
        return [
            (_SCRUBADUB[filth.type], filth.beg, filth.end, 1.0)
            for filth in scrubber.iter_filth(text)
            if filth.type in _SCRUBADUB
        ]

    return lambda texts: [one(text) for text in texts]


@cache
def _detect_secrets() -> Callable[[Texts], list[Found]]:
    scan: Any = importlib.import_module("detect_secrets.core.scan").scan_file
    settings: Any = importlib.import_module("detect_secrets.settings").default_settings

    def find(texts: Texts) -> list[Found]:
        """It is made for files, so the texts become one, a line or more each."""
        found: list[Found] = [[] for _ in texts]
        owners = [number for number, text in enumerate(texts) for _ in text.splitlines() or [""]]
        with tempfile.TemporaryDirectory() as folder, settings():
            path = Path(folder) / "texts.txt"
            lines = [line for text in texts for line in text.splitlines() or [""]]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            for secret in scan(str(path)):
                number = owners[secret.line_number - 1]
                start = texts[number].find(secret.secret_value)
                span = ("SECRET", start, start + len(secret.secret_value), 1.0)
                if span not in found[number]:
                    found[number].append(span)
        return found

    return find


PRIVACY: Final = (
    SpanPeer("presidio-analyzer", frozenset(_PRESIDIO.values()), "score", _presidio),
    SpanPeer("scrubadub", frozenset(_SCRUBADUB.values()), "flag", _scrubadub),
    SpanPeer("detect-secrets", frozenset({"SECRET"}), "flag", _detect_secrets),
)
