"""Microsoft Presidio beside Tidewatch's own search: what either finds counts.

Needs the extra ``presidio``. It takes a hundred times as long as the own search; its recognizers of
names, places and organisations need a spaCy pipeline that is installed already. Nothing is
downloaded.

Source: https://github.com/microsoft/presidio (MIT).
"""

import importlib
import logging
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from detectors.privacy.finder import LEAST_CONFIDENCE, find, without_overlaps
from detectors.privacy.findings import Finding, Findings
from detectors.privacy.kinds import Kind
from detectors.text.buffer import TextBuffer

KINDS_OF_ENTITIES: Final = {
    "CREDIT_CARD": Kind.CARD,
    "CRYPTO": Kind.CRYPTO_WALLET,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "IBAN_CODE": Kind.IBAN,
    "IP_ADDRESS": Kind.IP,
    "MAC_ADDRESS": Kind.MAC,
    "PERSON": Kind.PERSON,
    "LOCATION": Kind.ADDRESS,
    "PHONE_NUMBER": Kind.PHONE,
    "US_BANK_NUMBER": Kind.BANK_ACCOUNT,
    "US_DRIVER_LICENSE": Kind.DRIVING_LICENCE,
    "US_PASSPORT": Kind.PASSPORT,
    "US_SSN": Kind.NATIONAL_ID,
    "US_ITIN": Kind.NATIONAL_ID,
    "UK_NHS": Kind.NATIONAL_ID,
    "UK_NINO": Kind.NATIONAL_ID,
    "ES_NIF": Kind.NATIONAL_ID,
    "ES_NIE": Kind.NATIONAL_ID,
    "IT_FISCAL_CODE": Kind.NATIONAL_ID,
    "PL_PESEL": Kind.NATIONAL_ID,
    "AU_TFN": Kind.NATIONAL_ID,
    "IN_AADHAAR": Kind.NATIONAL_ID,
}
"""What Presidio calls the kinds of Tidewatch; its other entities do not count."""


class PresidioFinder:
    """Finds what Tidewatch and Presidio find, the surer of two that overlap.

    Parameters
    ----------
    pipeline
        Name or path of an installed spaCy pipeline, such as ``en_core_web_sm``. Without one only
        Presidio's patterns are used: no names.

    Raises
    ------
    ModuleNotFoundError
        When Presidio is not installed; the message says how to.
    OSError
        When there is no such pipeline.
    """

    def __init__(self, pipeline: str = "") -> None:
        self._engine = _engine(pipeline)

    def __call__(self, buffer: TextBuffer) -> Findings:
        """What is in the texts, ordered by text and position, without overlaps."""
        own = find(buffer)
        by_row: list[list[Finding]] = [[] for _ in range(len(buffer))]
        for row, item in zip(own.rows.tolist(), own.items, strict=True):
            by_row[row].append(item)
        rows: list[int] = []
        items: list[Finding] = []
        for row, found in enumerate(by_row):
            start, end = int(buffer.starts[row]), int(buffer.ends[row])
            together = without_overlaps([*found, *self._more(buffer.text(start, end), start)])
            items += together
            rows += [row] * len(together)
        return Findings(len(buffer), np.array(rows, np.int64), items)

    def _more(self, text: str, begin: int) -> Iterator[Finding]:
        if not text.strip():
            return
        entities = list(KINDS_OF_ENTITIES)
        for result in self._engine.analyze(
            text=text, language="en", entities=entities, score_threshold=LEAST_CONFIDENCE
        ):
            start = begin + len(text[: result.start].encode())
            value = text[result.start : result.end]
            yield Finding(
                start,
                start + len(value.encode()),
                KINDS_OF_ENTITIES[result.entity_type],
                round(float(result.score), 3),
                "".join(filter(str.isalnum, value.casefold())),
            )


def _engine(pipeline: str) -> Any:
    try:
        analyzer: Any = importlib.import_module("presidio_analyzer")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "Presidio is not installed: pip install 'tidewatch[presidio]'", name=error.name
        ) from None
    engines: Any = importlib.import_module("presidio_analyzer.nlp_engine")
    spacy: Any = importlib.import_module("spacy")
    tldextract: Any = importlib.import_module("tldextract.tldextract")
    # The list of top-level domains is that of the package, not one from the network.
    tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    language = spacy.load(pipeline) if pipeline else spacy.blank("en")
    if not pipeline:
        # Presidio compares the lemmas of the words nearby.
        spacy.Language.component("tidewatch_small_letters", func=_with_small_letters)
        language.add_pipe("tidewatch_small_letters")
    engine = engines.SpacyNlpEngine()
    engine.nlp = {"en": language}
    registry = analyzer.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    if not pipeline:
        registry.remove_recognizer("SpacyRecognizer")
    return analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _with_small_letters(document: Any) -> Any:
    for token in document:
        token.lemma_ = token.lower_
    return document
