"""A folder of monitor documents to the monitors that run."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from schemas.monitors.decode import KINDS, OPENSLO_VERSION, DecodeError, decode_document
from schemas.monitors.families import check_families
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import SLI, SLO, OpenSLODocument, SLISpec
from schemas.monitors.openslo_rules import openslo_violations
from schemas.monitors.own_comparison import ComparisonMonitorDocument
from schemas.monitors.own_drift import DriftMonitorDocument
from schemas.monitors.own_guardrail import GuardrailMonitorDocument
from schemas.monitors.own_kinds import (
    NoDataMonitorDocument,
    ReceiverDocument,
    ThresholdMonitorDocument,
)
from schemas.monitors.problems import Problem
from schemas.monitors.references import check_references
from schemas.monitors.resolve_comparison import resolve_comparison
from schemas.monitors.resolve_drift import resolve_drift
from schemas.monitors.resolve_guardrail import resolve_guardrail
from schemas.monitors.resolve_indicator import ResolvedIndicator, resolve_indicator
from schemas.monitors.resolve_own import resolve_no_data, resolve_receiver, resolve_threshold
from schemas.monitors.resolve_slo import resolve_slo
from schemas.monitors.resolved import (
    AnyMonitor,
    Indicator,
    MonitorSet,
    Receiver,
    indicators_of,
)
from schemas.monitors.reviews import check_reviews, review_of
from schemas.monitors.scope import check_annotations
from schemas.monitors.secrets import SecretResolver
from schemas.monitors.yaml_documents import DocumentError, PlainDocument, read_documents
from schemas.references import Reference
from schemas.signals import Signal


class LoadResult(Struct, frozen=True, kw_only=True):
    """The monitors that can run, and what is wrong with the rest."""

    monitors: MonitorSet
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep something from running."""
        return [problem for problem in self.problems if problem.severity == "error"]


def no_references(path: str) -> Reference:
    """Refuse to read: for callers that have no folder."""
    raise FileNotFoundError(f"{path} cannot be read here")


def load_monitors(
    sources: Mapping[str, str],
    *,
    signals: Collection[Signal],
    resolve_secret: SecretResolver,
    read_reference: Callable[[str], Reference] = no_references,
    today: date | None = None,
) -> LoadResult:
    """Read, check and resolve all documents of a folder as a whole.

    Parameters
    ----------
    sources
        The YAML (or JSON) text of each file, by the name that problems shall tell.
    signals
        The signals that conditions and thresholds may name.
    resolve_secret
        Fills in references in receivers, see :func:`schemas.monitors.secrets.secret_resolver`.
    read_reference
        Gives the reference of a file by its path as documents tell it; its ``OSError`` or
        ``ValueError`` becomes a problem.
    today
        Documents whose ``reviewBy`` lies before it are warned of; ``None`` for no warnings.

    Never raises for what the texts hold: whatever is wrong becomes a problem, and the monitors
    without errors are there beside it.

    >>> result = load_monitors({"m.yaml": "kind: SLO"}, signals=[], resolve_secret=str)
    >>> print(*result.problems)
    m.yaml: apiVersion: is required: use openslo/v1 or tidewatch/v1 (SLO, line 1)
    """
    problems: list[Problem] = []
    documents: list[Located] = []
    for file, text in sorted(sources.items()):
        try:
            documents += [_located(file, plain) for plain in read_documents(text)]
        except DocumentError as error:
            problems.append(Problem(file=file, path="", message=str(error), line=error.line))
    folder = Folder(documents)
    _check_duplicates(folder)
    monitors, receivers = _resolved(folder, signals, resolve_secret, read_reference)
    check_references(folder)
    if today is not None:
        check_reviews(folder, today)
    for located in documents:
        problems += located.problems
    problems.sort(key=lambda problem: (problem.file, problem.line or 0, problem.path))
    return LoadResult(
        monitors=MonitorSet(monitors=tuple(monitors), receivers=tuple(receivers)),
        problems=problems,
    )


def _located(file: str, plain: PlainDocument) -> Located:
    located = Located(file, plain)
    try:
        document = decode_document(plain.value)
    except DecodeError as error:
        located.error(error.path, str(error))
        return located
    located.document = document
    if isinstance(document, OpenSLODocument):
        for path, message in openslo_violations(document):
            located.error(path, message)
    check_annotations(located, document.metadata)
    return located


def _check_duplicates(folder: Folder) -> None:
    """Report documents of one kind and name.

    OpenSLO's own validator lets them pass, so that for its kinds they are errors only once
    something refers to them or is made of them.
    """
    for located in folder.documents:
        same = folder.named(located.kind, located.name)
        if len(same) > 1 and located is not same[0]:
            first = f"{same[0].file} line {same[0].plain.line()}"
            message = f"there is another {located.kind} {located.name!r} in {first}"
            if located.kind in KINDS[OPENSLO_VERSION]:
                located.warning("metadata.name", message)
            else:
                located.error("metadata.name", message)


def _resolved(
    folder: Folder,
    signals: Collection[Signal],
    resolve_secret: SecretResolver,
    read_reference: Callable[[str], Reference],
) -> tuple[list[AnyMonitor], list[Receiver]]:
    receivers: list[Receiver] = []
    made: list[tuple[Located, AnyMonitor]] = []
    indicators = _Indicators(folder, signals)
    for located in folder.documents:
        if not located.usable:
            continue
        monitors: list[AnyMonitor | None] = []
        match located.document:
            case SLI() as sli:
                indicators.resolve(located, sli.spec, "spec")
            case SLO() as slo:
                monitors = [*resolve_slo(located, slo, folder, indicators.resolve)]
            case ThresholdMonitorDocument() as document:
                monitors = [resolve_threshold(located, document, folder, signals)]
            case NoDataMonitorDocument() as document:
                monitors = [resolve_no_data(located, document, folder)]
            case GuardrailMonitorDocument() as document:
                monitors = [*resolve_guardrail(located, document, folder, signals)]
            case ComparisonMonitorDocument() as document:
                monitors = [resolve_comparison(located, document, folder, signals)]
            case DriftMonitorDocument() as document:
                monitors = [resolve_drift(located, document, folder, signals, read_reference)]
            case ReceiverDocument() as document:
                receiver = resolve_receiver(located, document, resolve_secret)
                receivers += [receiver] if receiver else []
        review = review_of(located)
        if located.usable:
            made += [(located, replace(each, review=review)) for each in monitors if each]
    check_families(made)
    return list(_distinct([each for each in made if each[0].usable])), receivers


def _distinct(made: list[tuple[Located, AnyMonitor]]) -> Iterator[AnyMonitor]:
    """Monitors whose names, and indicators whose columns, are not taken by another."""
    names: dict[str, Located] = {}
    indicators: dict[str, Indicator] = {}
    for located, monitor in made:
        other = names.setdefault(monitor.name, located)
        if other is not located:
            place = f"{other.file} line {other.plain.line()}"
            located.error("metadata.name", f"the monitor name {monitor.name!r} is taken by {place}")
            continue
        clash = None
        for indicator in indicators_of(monitor):
            same = indicators.setdefault(indicator.signal.column, indicator)
            if (same.good, same.where) != (indicator.good, indicator.where):
                clash = same
        if clash is not None:
            located.error(
                "spec.indicator",
                f"another indicator with another meaning is called {clash.name!r}: rename one",
            )
            continue
        yield monitor


class _Indicators:
    """Indicators resolved once each, so that SLOs can share one."""

    def __init__(self, folder: Folder, signals: Collection[Signal]) -> None:
        self._folder = folder
        self._signals = signals
        self._resolved: dict[tuple[int, str], ResolvedIndicator | None] = {}

    def resolve(self, located: Located, spec: SLISpec, path: str) -> ResolvedIndicator | None:
        """The indicator at ``path`` of ``located``; ``None`` when it is broken, reported."""
        key = (id(located), path)
        if key not in self._resolved:
            found = resolve_indicator(spec, path, located, self._folder, self._signals)
            self._resolved[key] = found
        return self._resolved[key]
