"""Finding the detectors, Tidewatch's own and those of installed packages, and running them.

A package of the user adds a detector by an entry point of the group ``tidewatch.detectors``::

    [project.entry-points."tidewatch.detectors"]
    politeness = "my_package.politeness:detector"
"""

import importlib
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Final, get_args

import numpy as np
import polars as pl
from msgspec import Struct

from detectors import signals as own_package
from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.expressions import DTYPES
from schemas.signals import Signal, SignalKind

ENTRY_POINT_GROUP: Final = "tidewatch.detectors"

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


class DetectorError(Exception):
    """A detector that cannot be used; the message names it and the remedy."""


class DetectorFailure(Struct, frozen=True, kw_only=True):
    """A detector that failed on a batch: ``signals`` are null for it.

    ``reason`` names what went wrong without quoting the exception, whose message may hold text of
    an event; ``error`` is the exception itself, where there was one.
    """

    detector: str
    version: str
    signals: tuple[str, ...]
    reason: str
    error: BaseException | None = None


def discover_detectors() -> tuple[Detector, ...]:
    """Every detector there is, in a fixed order: own ones by module name, then entry points.

    Raises
    ------
    DetectorError
        When a detector cannot be loaded, is none, or declares a signal that another one has.

    Examples
    --------
    >>> "latency" in [detector.name for detector in discover_detectors()]
    True
    """
    found = [*_own_detectors(), *_installed_detectors()]
    _refuse_duplicates(found)
    return tuple(found)


def all_signals(detectors: Iterable[Detector]) -> tuple[Signal, ...]:
    """The signals of all detectors, in declared order."""
    return tuple(signal for detector in detectors for signal in detector.signals)


def score_batch(
    batch: EventBatch,
    detectors: Iterable[Detector],
    on_failure: Callable[[DetectorFailure], None] | None = None,
) -> pl.DataFrame:
    """Compute every signal of every detector.

    Parameters
    ----------
    batch
        The events.
    detectors
        As :func:`discover_detectors` gives them.
    on_failure
        Told of every detector that raised or gave something else than it declared. Without it a
        ``RuntimeWarning`` is issued.

    Returns
    -------
    polars.DataFrame
        A row an event, a column a signal under its name, in declared order. A failed detector's
        columns are null; the others are not touched by it. Numbers are finite or null.
    """
    report = on_failure or _warn
    columns: list[pl.Series] = []
    for detector in detectors:
        try:
            values = detector.score(batch)
        except (Exception, pl.exceptions.PanicException) as error:
            report(_failure(detector, f"raised {type(error).__name__}", error=error))
            values = {}
        else:
            problem = _problem(detector.signals, values, len(batch))
            if problem:
                report(_failure(detector, problem))
                values = {}
        columns += [_column(signal, values, len(batch)) for signal in detector.signals]
    return pl.DataFrame(columns)


def _own_detectors() -> Iterable[Detector]:
    for name in sorted(module.name for module in pkgutil.iter_modules(own_package.__path__)):
        path = f"{own_package.__name__}.{name}"
        yield _checked(
            getattr(importlib.import_module(path), "detector", None),
            where=f"module {path}",
            remedy="give it a module-level 'detector'",
        )


def _installed_detectors() -> Iterable[Detector]:
    points = entry_points(group=ENTRY_POINT_GROUP)
    for point in sorted(points, key=lambda p: (p.dist.name if p.dist else "", p.name)):
        package = point.dist.name if point.dist else "(unknown)"
        where = f"entry point '{point.name}' ({point.value}) of package '{package}'"
        yield _checked(
            _load(point, where=where, package=package),
            where=where,
            remedy="let it name a detector or a class of one, see detectors.detector.Detector",
        )


def _load(point: EntryPoint, *, where: str, package: str) -> object:
    try:
        loaded = point.load()
        return loaded() if isinstance(loaded, type) else loaded
    except Exception as error:
        raise DetectorError(
            f"{where} cannot be loaded: {type(error).__name__}: {error}; "
            f"repair, upgrade or uninstall '{package}'"
        ) from error


def _checked(candidate: object, *, where: str, remedy: str) -> Detector:
    if not isinstance(candidate, Detector) or isinstance(candidate, type):
        raise DetectorError(f"{where} is no detector: {remedy}")
    if not candidate.signals or not all(isinstance(s, Signal) for s in candidate.signals):
        raise DetectorError(f"{where} declares no signals: {remedy}")
    for signal in candidate.signals:
        if not _NAME.fullmatch(signal.name):
            raise DetectorError(
                f"{where} declares a signal '{signal.name}': name it in small letters, digits and "
                "underscores, with dots between parts, as 'response.polite'"
            )
        if signal.kind not in get_args(SignalKind):
            raise DetectorError(
                f"{where} declares '{signal.name}' as '{signal.kind}': a signal is one of "
                f"{', '.join(get_args(SignalKind))}"
            )
    return candidate


def _refuse_duplicates(found: Iterable[Detector]) -> None:
    owners: dict[str, str] = {}
    for detector in found:
        place = f"'{detector.name}' ({type(detector).__module__})"
        for signal in detector.signals:
            # Two names may also share a ClickHouse column: a.b and a_b.
            other = owners.setdefault(signal.column, place)
            if other is not place:
                raise DetectorError(
                    f"signal '{signal.name}' is declared by detector {other} and by detector "
                    f"{place}: rename one, or uninstall one of the packages"
                )
            owners[signal.column] = place


def _failure(
    detector: Detector, reason: str, *, error: BaseException | None = None
) -> DetectorFailure:
    return DetectorFailure(
        detector=detector.name,
        version=detector.version,
        signals=tuple(signal.name for signal in detector.signals),
        reason=reason,
        error=error,
    )


def _warn(failure: DetectorFailure) -> None:
    warnings.warn(
        f"detector '{failure.detector}' {failure.reason}; its signals are null for this batch",
        RuntimeWarning,
        stacklevel=3,
    )


def _problem(signals: Iterable[Signal], values: Mapping[str, object], length: int) -> str | None:
    """What a detector's result has wrong, or None."""
    problems = (_problem_of(s, values.get(s.name), length) for s in signals)
    return next((problem for problem in problems if problem), None)


def _problem_of(signal: Signal, column: object, length: int) -> str | None:
    wrong = None
    if not isinstance(column, pl.Series):
        wrong = f"{type(column).__name__} instead of a Series"
    elif len(column) != length:
        wrong = f"{len(column)} values for {length} events"
    elif not _fits(signal, column.dtype):
        wrong = f"{column.dtype} instead of {DTYPES.get(signal.kind, 'an array of Float32')}"
    elif column.dtype == pl.Float64:
        wrong = _wrong_number(column, score=signal.kind == "score")
    return f"gave {wrong} for '{signal.name}'" if wrong else None


def _wrong_number(column: pl.Series, *, score: bool) -> str | None:
    """What is wrong with a column of numbers, or None."""
    values = column.to_numpy()
    finite = np.isfinite(values)
    if np.count_nonzero(finite) < len(column) - column.null_count():
        return "a number that is not finite"
    if score and not ((values >= 0.0) & (values <= 1.0) | ~finite).all():
        return "a score outside 0..1"
    return None


def _fits(signal: Signal, dtype: pl.DataType) -> bool:
    if signal.kind == "vector":
        return isinstance(dtype, pl.Array) and dtype.inner == pl.Float32
    return dtype == DTYPES[signal.kind]


def _column(signal: Signal, values: Mapping[str, pl.Series], length: int) -> pl.Series:
    if signal.name in values:
        return values[signal.name].alias(signal.name)
    if signal.kind == "vector":
        return pl.Series(signal.name, [None] * length, dtype=pl.Array(pl.Float32, 0))
    return pl.Series(signal.name, [None] * length, dtype=DTYPES[signal.kind])
