"""An OpenSLO indicator to conditions on events, when its metric source is Tidewatch."""

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from schemas.monitors.conditions import Condition, Not
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import DataSource, Metric, MetricSource, RatioMetric, SLISpec
from schemas.monitors.parse_condition import ConditionError, parse_condition
from schemas.monitors.problems import did_you_mean
from schemas.signals import Signal

SOURCE_TYPE: Final = "tidewatch"


class RatioIndicator(Struct, frozen=True, kw_only=True):
    """Good events among those that count."""

    good: Condition
    where: Condition | None = None


class ThresholdIndicator(Struct, frozen=True, kw_only=True):
    """A signal that each objective compares with its own value."""

    signal: Signal
    where: Condition | None = None


class NotEvaluated(Struct, frozen=True, kw_only=True):
    """A valid indicator that Tidewatch cannot compute, and why."""

    reason: str


ResolvedIndicator = RatioIndicator | ThresholdIndicator | NotEvaluated


def resolve_indicator(
    spec: SLISpec, path: str, located: Located, folder: Folder, signals: Collection[Signal]
) -> ResolvedIndicator | None:
    """The indicator of ``spec``, which stands at ``path`` of ``located``.

    ``None`` when something is wrong with it, which is reported.
    """
    metrics = dict(spec.metrics(path))
    types = {place: _source_type(metric, folder) for place, metric in metrics.items()}
    ours = [place for place, type_ in types.items() if type_.lower() == SOURCE_TYPE]
    if not ours:
        source = next(iter(types.values()), "")
        told = f"is {source}, not {SOURCE_TYPE}" if source else "has no type"
        return NotEvaluated(reason=f"its metric source {told}")
    if not _is_one_source(located, folder, metrics, types):
        return None
    reader = _Reader(located, signals)
    if spec.threshold_metric is not None:
        return reader.threshold(
            spec.threshold_metric.metric_source, f"{path}.thresholdMetric.metricSource"
        )
    return _ratio(reader, spec.ratio_metric or RatioMetric(), f"{path}.ratioMetric")


def _is_one_source(
    located: Located, folder: Folder, metrics: Mapping[str, Metric], types: Mapping[str, str]
) -> bool:
    sound = True
    for place, source in types.items():
        if source.lower() != SOURCE_TYPE:
            found = repr(source) if source else "nothing"
            located.error(f"{place}.type", f"{found} beside {SOURCE_TYPE!r}: use one source")
            sound = False
        ref = metrics[place].metric_source.metric_source_ref
        if ref and folder.referred("DataSource", ref, located, f"{place}.metricSourceRef") is None:
            sound = False
    return sound


def _ratio(reader: "_Reader", ratio: RatioMetric, path: str) -> ResolvedIndicator | None:
    if ratio.total is None:
        return NotEvaluated(reason="a raw ratio holds no events: use good or bad, and total")
    where = reader.query(ratio.total.metric_source, f"{path}.total.metricSource")
    if ratio.good is not None:
        good = reader.numerator(ratio.good.metric_source, f"{path}.good.metricSource")
    elif ratio.bad is not None:
        bad = reader.numerator(ratio.bad.metric_source, f"{path}.bad.metricSource")
        good = Not(operand=bad) if bad is not None else None
    else:
        return None
    if good is None or not reader.sound:
        return None
    return RatioIndicator(good=good, where=where)


def _source_type(metric: Metric, folder: Folder) -> str:
    source = metric.metric_source
    if source.type:
        return source.type
    for one in folder.named("DataSource", source.metric_source_ref):
        if isinstance(one.document, DataSource):
            return one.document.spec.type
    return ""


class _Reader:
    """Reads the ``spec`` of Tidewatch's metric sources and reports what is wrong."""

    def __init__(self, located: Located, signals: Collection[Signal]) -> None:
        self._located = located
        self._signals = signals
        self.sound = True

    def _fail(self, path: str, message: str) -> None:
        self.sound = False
        self._located.error(path, message)

    def query(self, source: MetricSource, path: str) -> Condition | None:
        """The condition of ``{query: ...}``; ``None`` for ``*``."""
        self._known_only(source, {"query"}, path)
        return self._condition(source, "query", path, required=True)

    def numerator(self, source: MetricSource, path: str) -> Condition | None:
        """The condition of good or bad events, which ``*`` cannot be."""
        condition = self.query(source, path)
        if condition is None and self.sound:
            self._fail(f"{path}.spec.query", "'*' tells no event from another")
        return condition

    def threshold(self, source: MetricSource, path: str) -> ThresholdIndicator | None:
        """The signal of ``{signal: ..., where: ...}``."""
        self._known_only(source, {"signal", "where"}, path)
        where = self._condition(source, "where", path, required=False)
        name = source.spec.get("signal")
        signal = next((s for s in self._signals if s.name == name), None)
        if signal is None:
            known = [s.name for s in self._signals if s.kind in {"amount", "score"}]
            found = "is required" if name is None else f"unknown signal {name!r}"
            self._fail(f"{path}.spec.signal", found + did_you_mean(str(name), known))
        elif signal.kind not in {"amount", "score"}:
            self._fail(
                f"{path}.spec.signal",
                f"{signal.name!r} is of kind {signal.kind}, not a number: use a ratioMetric",
            )
        if signal is None or not self.sound:
            return None
        return ThresholdIndicator(signal=signal, where=where)

    def _known_only(self, source: MetricSource, known: set[str], path: str) -> None:
        for name in source.spec:
            if name not in known:
                self._fail(f"{path}.spec.{name}", f"unknown field{did_you_mean(name, known)}")

    def _condition(
        self, source: MetricSource, name: str, path: str, *, required: bool
    ) -> Condition | None:
        text = source.spec.get(name)
        if text is None:
            if required:
                self._fail(f"{path}.spec.{name}", "is required: a condition, or '*' for all events")
            return None
        if not isinstance(text, str):
            self._fail(f"{path}.spec.{name}", f"expected a condition as text, found {text!r}")
            return None
        if text.strip() == "*":
            return None
        try:
            return parse_condition(text, signals=self._signals)
        except ConditionError as error:
            self._fail(f"{path}.spec.{name}", str(error))
            return None
