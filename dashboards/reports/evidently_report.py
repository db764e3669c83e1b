"""Evidently's report of the same two frames, with the methods that our page uses."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from schemas.signals import Signal

NUMERIC_METHOD = "wasserstein"
CATEGORY_METHOD = "jensenshannon"


def evidently_report(
    reference: pd.DataFrame, current: pd.DataFrame, signals: Sequence[Signal], *, summary: bool
) -> Any:
    """Evidently's snapshot: drift of every column, with ``summary`` of their values as well.

    Columns without a value on one side are left out. ``save_html`` writes it, ``dict`` gives its
    numbers.
    """
    # Here, as Evidently takes seconds to load.
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415
    from evidently.presets import DataDriftPreset, DataSummaryPreset  # noqa: PLC0415

    both = set(reference.columns[reference.notna().any()]) & set(
        current.columns[current.notna().any()]
    )
    used = [s for s in signals if s.name in both and s.kind != "vector"]
    numbers = [s.name for s in used if s.kind in {"score", "amount"}]
    names = [s.name for s in used if s.kind in {"flag", "category"}]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=names)

    def dataset(frame: pd.DataFrame) -> Any:
        kept = frame[[*numbers, *names]].copy()
        kept[numbers] = kept[numbers].astype(float)
        for name in names:
            texts = kept[name].astype("string").astype(object)
            kept[name] = texts.where(kept[name].notna(), None)  # type: ignore[call-overload]
        return Dataset.from_pandas(kept, data_definition=definition)

    presets: list[Any] = [DataDriftPreset(num_method=NUMERIC_METHOD, cat_method=CATEGORY_METHOD)]
    if summary:
        presets.append(DataSummaryPreset())
    return Report(presets).run(dataset(current), dataset(reference))


def evidently_distances(snapshot: Any) -> dict[str, float]:
    """Evidently's distance of every column."""
    return {
        metric["config"]["column"]: float(metric["value"])
        for metric in snapshot.dict()["metrics"]
        if "ValueDrift" in metric["metric_name"]
    }
