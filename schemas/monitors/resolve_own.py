"""Tidewatch's own kinds to monitors and receivers."""

from collections.abc import Collection, Sequence
from typing import TypedDict
from urllib.parse import urlsplit

from schemas.monitors.duration import TIDEWATCH_UNITS
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import Metadata
from schemas.monitors.own_kinds import (
    NoDataMonitorDocument,
    ReceiverDocument,
    Scope,
    ThresholdMonitorDocument,
    ThresholdSpec,
)
from schemas.monitors.problems import did_you_mean
from schemas.monitors.quantity import parse_quantity
from schemas.monitors.resolved import NoDataMonitor, Receiver, ThresholdMonitor
from schemas.monitors.scope import flat_labels, scope_of
from schemas.monitors.secrets import SecretError, SecretResolver
from schemas.segments import Segment, Segmentation
from schemas.signals import Signal, SignalKind

SHORTEST_WINDOW_SECONDS = 10

_LONGEST_KEPT = 900
"""What is well for so long is over, however long the window."""

_NUMBERS: tuple[SignalKind, ...] = ("amount", "score")
_KINDS_OF_STATISTIC: dict[str, tuple[SignalKind, ...]] = {
    "rate": ("flag",),
    "commonest_share": ("category",),
}
_WITHOUT_SIGNAL = {"count": "events", "distinct": "users"}


class SharedFields(TypedDict):
    """What every monitor takes from its document alike."""

    name: str
    segmentation: Segmentation
    segment: Segment
    display_name: str
    description: str
    labels: dict[str, str]
    receivers: tuple[str, ...]
    runbook_url: str


def shared_fields(
    metadata: Metadata, spec: Scope, segmentation: Segmentation, segment: Segment
) -> SharedFields:
    """The fields of a monitor that no kind treats otherwise."""
    return SharedFields(
        name=metadata.name,
        segmentation=segmentation,
        segment=segment,
        display_name=metadata.display_name or metadata.name,
        description=spec.description,
        labels=flat_labels(metadata),
        receivers=tuple(dict.fromkeys(spec.receivers)),
        runbook_url=spec.runbook,
    )


def resolve_threshold(
    located: Located,
    document: ThresholdMonitorDocument,
    folder: Folder,
    signals: Collection[Signal],
    *,
    at: str = "spec",
) -> ThresholdMonitor | None:
    """The monitor; ``None`` when something is wrong with it, which is reported.

    ``at`` is where the bounds stand in the document.
    """
    spec = document.spec
    unit = _unit(located, spec, signals, at)
    window = located.window(
        "spec.window", spec.window, shortest=SHORTEST_WINDOW_SECONDS, units=TIDEWATCH_UNITS
    )
    for_seconds = located.window("spec.for", spec.for_, units=TIDEWATCH_UNITS)
    keep_firing = _keep_firing(located, spec)
    segmentation, segment = scope_with_receivers(located, spec, folder)
    if unit is None:
        return None
    lower, upper, resolve_lower, resolve_upper = _bounds(located, spec, unit, at)
    if spec.statistic in _KINDS_OF_STATISTIC or (
        spec.statistic != "sum"
        and any(one.name == spec.signal and one.kind == "score" for one in signals)
    ):
        _check_reachable(located, at, lower, upper)
    if window is None or for_seconds is None or not located.usable:
        return None
    return ThresholdMonitor(
        **shared_fields(document.metadata, spec, segmentation, segment),
        signal=spec.signal,
        statistic=spec.statistic,
        window_seconds=window,
        severity=spec.severity,
        lower=lower,
        upper=upper,
        resolve_lower=resolve_lower,
        resolve_upper=resolve_upper,
        for_seconds=for_seconds,
        keep_firing_seconds=min(window, _LONGEST_KEPT) if keep_firing is None else keep_firing,
        minimum_events=spec.minimum_events,
    )


def _keep_firing(located: Located, spec: ThresholdSpec) -> int | None:
    """How long all must have been well, in seconds; ``None`` where the window decides."""
    if spec.keep_firing_for:
        kept = located.window("spec.keepFiringFor", spec.keep_firing_for, units=TIDEWATCH_UNITS)
        return kept or 0
    return None if spec.resolve_lower is None and spec.resolve_upper is None else 0


def resolve_no_data(
    located: Located, document: NoDataMonitorDocument, folder: Folder
) -> NoDataMonitor | None:
    """The monitor; ``None`` when something is wrong with it, which is reported."""
    spec = document.spec
    for_seconds = located.window(
        "spec.for", spec.for_, shortest=SHORTEST_WINDOW_SECONDS, units=TIDEWATCH_UNITS
    )
    segmentation, segment = scope_with_receivers(located, spec, folder)
    if for_seconds is None or not located.usable:
        return None
    return NoDataMonitor(
        **shared_fields(document.metadata, spec, segmentation, segment),
        for_seconds=for_seconds,
        severity=spec.severity,
    )


def resolve_receiver(
    located: Located, document: ReceiverDocument, resolve_secret: SecretResolver
) -> Receiver | None:
    """The receiver with its secrets filled in; ``None`` when something is wrong, reported."""
    spec = document.spec
    filled = {}
    for name, text in (("url", spec.url), ("secret", spec.secret)):
        try:
            filled[name] = resolve_secret(text) if text else ""
        except SecretError as error:
            located.error(f"spec.{name}", str(error))
    if len(filled) < 2:
        return None
    url = filled["url"]
    if spec.type != "console" and not url:
        located.error("spec.url", f"is required for the type {spec.type}")
    if spec.type not in {"apprise", "console"} and url and not _is_http(url):
        # The address itself may hold a secret and is not repeated.
        located.error("spec.url", "is not an http:// or https:// address with a host")
    if spec.type == "console" and (spec.url or spec.secret):
        located.warning("spec", "a console needs neither url nor secret")
    if not located.usable:
        return None
    return Receiver(
        name=document.metadata.name,
        type=spec.type,
        url=url,
        secret=filled["secret"],
        severities=tuple(dict.fromkeys(spec.severities)),
        labels=spec.labels,
        send_resolved=spec.send_resolved,
    )


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def scope_with_receivers(
    located: Located, spec: Scope, folder: Folder, *, extra: Sequence[str] = ()
) -> tuple[Segmentation, Segment]:
    """Segmentation and segment of a monitor; receivers that are not there are reported.

    ``extra`` are dimensions beside those of the scope.
    """
    for index, name in enumerate(spec.receivers):
        if not folder.named("Receiver", name):
            located.error(f"spec.receivers[{index}]", folder.missing("Receiver", name))
    by = [*spec.by, *extra]
    return scope_of(located, folder, service=spec.service, by=by, segment=spec.segment)


def _unit(
    located: Located, spec: ThresholdSpec, signals: Collection[Signal], at: str
) -> str | None:
    """The unit of the statistic, checked against the signal's kind."""
    counted = _WITHOUT_SIGNAL.get(spec.statistic)
    if counted is not None:
        if spec.signal:
            located.error(f"{at}.signal", f"{spec.statistic!r} counts {counted}: remove the signal")
        return f"{{{counted}}}"
    signal = next((one for one in signals if one.name == spec.signal), None)
    kinds = _KINDS_OF_STATISTIC.get(spec.statistic, _NUMBERS)
    if signal is None:
        known = [one.name for one in signals if one.kind in kinds]
        found = f"unknown signal {spec.signal!r}" if spec.signal else "is required"
        located.error(f"{at}.signal", found + did_you_mean(spec.signal, known))
        return None
    if signal.kind not in kinds:
        usable = {"flag": "rate", "category": "commonest_share"}.get(signal.kind, "")
        if signal.kind in _NUMBERS:
            usable = "mean, sum, min, max, p50, p90, p95 or p99"
        located.error(
            f"{at}.statistic",
            f"{spec.statistic!r} does not apply to {signal.name!r}, a signal of kind {signal.kind}"
            + (f": use {usable}" if usable else ""),
        )
        return None
    return "1" if spec.statistic in _KINDS_OF_STATISTIC else signal.unit


def _bounds(
    located: Located, spec: ThresholdSpec, unit: str, at: str
) -> tuple[float | None, float | None, float | None, float | None]:
    """Firing bounds, and resolving bounds that are at least as strict."""
    lower = _bound(located, f"{at}.lower", spec.lower, unit)
    upper = _bound(located, f"{at}.upper", spec.upper, unit)
    resolve_lower = _bound(located, f"{at}.resolveLower", spec.resolve_lower, unit)
    resolve_upper = _bound(located, f"{at}.resolveUpper", spec.resolve_upper, unit)
    if spec.lower is None and spec.upper is None:
        located.error(at, "needs 'lower' or 'upper'")
    for name, bound, resolving in (
        ("Lower", spec.lower, spec.resolve_lower),
        ("Upper", spec.upper, spec.resolve_upper),
    ):
        if bound is None and resolving is not None:
            located.error(f"{at}.resolve{name}", f"needs '{name.lower()}'")
    if lower is not None and upper is not None and lower >= upper:
        located.error(f"{at}.lower", f"{lower:g} is not below the upper bound {upper:g}")
    if lower is not None and resolve_lower is not None and resolve_lower < lower:
        located.error(
            f"{at}.resolveLower",
            f"{resolve_lower:g} is below the firing bound {lower:g}: it must be at least as strict",
        )
    if upper is not None and resolve_upper is not None and resolve_upper > upper:
        located.error(
            f"{at}.resolveUpper",
            f"{resolve_upper:g} is above the firing bound {upper:g}: it must be at least as strict",
        )
    resolve_lower = lower if resolve_lower is None else resolve_lower
    resolve_upper = upper if resolve_upper is None else resolve_upper
    if resolve_lower is not None and resolve_upper is not None and resolve_lower > resolve_upper:
        located.error(
            f"{at}.resolveLower", f"{resolve_lower:g} is above resolveUpper {resolve_upper:g}"
        )
    return lower, upper, resolve_lower, resolve_upper


def _check_reachable(located: Located, at: str, lower: float | None, upper: float | None) -> None:
    """Whether what lies in 0..1 can be outside its bounds."""
    if lower is not None and lower <= 0:
        located.warning(f"{at}.lower", f"never fires, as no value is below {lower:g}")
    if upper is not None and upper >= 1:
        share = f"; for {upper:g} % write {upper:g}%" if upper > 1 else ""
        located.warning(f"{at}.upper", f"never fires, as no value is above {upper:g}{share}")


def _bound(located: Located, path: str, value: float | str | None, unit: str) -> float | None:
    if value is None:
        return None
    try:
        return parse_quantity(value if isinstance(value, str) else repr(value), unit)
    except ValueError as error:
        located.error(path, str(error))
        return None
