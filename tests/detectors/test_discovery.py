import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from detectors.batch import EventBatch
from detectors.discovery import (
    DetectorError,
    DetectorFailure,
    all_signals,
    discover_detectors,
    score_batch,
)
from schemas.events import InferenceEvent
from schemas.signals import Signal

Install = Callable[[str, str], None]

BATCH = EventBatch(
    [
        InferenceEvent(event_id=name, time=datetime(2025, 1, 1, tzinfo=UTC), service_name="shop")
        for name in "ab"
    ]
)

POLITENESS = """
import polars as pl
from schemas.signals import Signal

class Politeness:
    name = "politeness"
    version = "1"
    signals = (Signal(name="{signal}", kind="flag", description="Polite."),)

    def score(self, batch):
        return {{"{signal}": pl.Series([True] * len(batch))}}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package with one entry point on the path, as an installer would."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(code: str, target: str) -> None:
        (tmp_path / "polite_pkg.py").write_text(code, encoding="utf-8")
        info = tmp_path / "polite_dist-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: polite-dist\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[tidewatch.detectors]\npolite = {target}\n")
        monkeypatch.delitem(sys.modules, "polite_pkg", raising=False)

    return put


def test_finds_a_detector_in_every_module_of_the_folder() -> None:
    import detectors.signals

    folder = Path(detectors.signals.__path__[0])
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert len(discover_detectors()) == len(modules)


def test_order_is_fixed() -> None:
    assert discover_detectors() == discover_detectors()
    assert [s.name for s in all_signals(discover_detectors())][:1] == ["prompt.non_ascii"]


def test_finds_the_detectors_of_installed_packages(install: Install) -> None:
    install(POLITENESS.format(signal="response.polite"), "polite_pkg:Politeness")
    last = discover_detectors()[-1]
    assert last.name == "politeness"
    assert score_batch(BATCH, [last])["response.polite"].to_list() == [True, True]


@pytest.mark.parametrize(
    ("code", "target", "message"),
    [
        ("raise RuntimeError('no model')", "polite_pkg:Politeness", "RuntimeError: no model"),
        ("x = 1", "polite_pkg:missing", "cannot be loaded: AttributeError"),
        ("x = 1", "polite_pkg:x", "is no detector: let it name a detector"),
    ],
)
def test_a_broken_package_is_named(install: Install, code: str, target: str, message: str) -> None:
    install(code, target)
    with pytest.raises(DetectorError, match=message) as raised:
        discover_detectors()
    assert "'polite-dist'" in str(raised.value)


@pytest.mark.parametrize("name", ["response polite", "Polite", "response.", "höflich", ""])
def test_a_name_that_no_monitor_could_write_is_refused(install: Install, name: str) -> None:
    install(POLITENESS.format(signal=name), "polite_pkg:Politeness")
    with pytest.raises(DetectorError, match="name it in small letters"):
        discover_detectors()


def test_a_kind_that_there_is_not_is_refused(install: Install) -> None:
    code = POLITENESS.format(signal="response.polite").replace('"flag"', '"boolean"')
    install(code, "polite_pkg:Politeness")
    with pytest.raises(DetectorError, match="one of flag, score, amount, category, vector"):
        discover_detectors()


@pytest.mark.parametrize("signal", ["latency", "prompt_words"])
def test_a_signal_declared_twice_is_refused_naming_both(install: Install, signal: str) -> None:
    install(POLITENESS.format(signal=signal), "polite_pkg:Politeness")
    with pytest.raises(DetectorError) as raised:
        discover_detectors()
    assert f"signal '{signal}'" in str(raised.value)
    assert "'politeness' (polite_pkg)" in str(raised.value)
    assert "detectors." in str(raised.value)


@dataclass(frozen=True)
class Fixed:
    """Gives what it is told to."""

    signals: tuple[Signal, ...]
    values: Mapping[str, object] | Exception
    name: str = "fixed"
    version: str = "1"

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        if isinstance(self.values, Exception):
            raise self.values
        return self.values  # type: ignore[return-value]


FLAG = Signal(name="f", kind="flag", description="F.")
SCORE = Signal(name="s", kind="score", description="S.")
AMOUNT = Signal(name="a", kind="amount", description="A.")
VECTOR = Signal(name="v", kind="vector", description="V.")
VECTORS = pl.Series([[1.0, 2.0], None], dtype=pl.Array(pl.Float32, 2))


def test_columns_come_in_declared_order() -> None:
    flags = Fixed((FLAG,), {"f": pl.Series([True, None])})
    numbers = Fixed(
        (SCORE, AMOUNT, VECTOR),
        {"v": VECTORS, "a": pl.Series([5.0, None]), "s": pl.Series([0.5, 1.0])},
    )
    frame = score_batch(BATCH, [numbers, flags])
    assert frame.columns == ["s", "a", "v", "f"]
    assert frame.height == 2


@pytest.mark.parametrize(
    ("signal", "values", "reason"),
    [
        (FLAG, ValueError("secret text"), "raised ValueError"),
        (FLAG, {}, "NoneType instead of a Series for 'f'"),
        (FLAG, {"f": [True, True]}, "list instead of a Series"),
        (FLAG, {"f": pl.Series([True])}, "1 values for 2 events"),
        (FLAG, {"f": pl.Series([1.0, 0.0])}, "Float64 instead of Boolean"),
        (SCORE, {"s": pl.Series([0.5, 1.5])}, "a score outside 0..1"),
        (AMOUNT, {"a": pl.Series([0.5, float("nan")])}, "a number that is not finite"),
        (AMOUNT, {"a": pl.Series([0.5, float("inf")])}, "a number that is not finite"),
        (VECTOR, {"v": pl.Series([[1.0], [2.0]])}, "List(Float64) instead of an array of Float32"),
    ],
)
def test_a_failing_detector_costs_its_own_signals_only(
    signal: Signal, values: Mapping[str, object] | Exception, reason: str
) -> None:
    failures: list[DetectorFailure] = []
    good = Fixed(
        (Signal(name="good", kind="flag", description="G."),), {"good": pl.Series([True, False])}
    )
    frame = score_batch(BATCH, [Fixed((signal,), values), good], failures.append)
    assert frame[signal.name].null_count() == 2
    assert frame["good"].to_list() == [True, False]
    (failure,) = failures
    assert reason in failure.reason
    assert "secret" not in failure.reason
    assert failure.signals == (signal.name,)


def test_without_a_callback_a_failure_is_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match="detector 'fixed' raised ValueError"):
        score_batch(BATCH, [Fixed((FLAG,), ValueError())])
