"""How every signal differs between a reference and now, with sizes and intervals."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import (  # type: ignore[attr-defined]
    chi2_contingency,
    false_discovery_control,
    ks_2samp,
    wasserstein_distance,
)

from schemas.signals import Signal

MOVED = 0.1
"""Distance from which a signal counts as moved, beside being more than chance: Evidently's."""
LEVEL = 0.05
LEAST_VALUES = 20
_Z = 1.959963984540054

Verdict = Literal["moved", "same", "too few"]


class Shift(Struct, frozen=True, kw_only=True):
    """One signal in both stretches.

    ``before`` and ``now`` are means, of flags shares; ``None`` for categories. ``difference`` is
    ``now - before`` with its 95 % interval ``low``..``high`` (means: Welch; shares: Newcombe's
    hybrid score). ``distance`` is of the distributions: amounts and scores Wasserstein's over the
    reference's standard deviation, flags and categories Jensen and Shannon's (base e). ``p_value``
    is of the Kolmogorov-Smirnov or the chi-squared test, adjusted after Benjamini and Hochberg.
    """

    signal: Signal
    verdict: Verdict
    values_before: int
    values_now: int
    before: float | None = None
    now: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    distance: float = 0.0
    p_value: float = 1.0

    @property
    def turn(self) -> Literal["better", "worse", "different", ""]:
        """What the shift means, where it moved."""
        if self.verdict != "moved":
            return ""
        if self.difference is None or self.signal.better == "neither" or not self.difference:
            return "different"
        return "better" if (self.difference > 0) == (self.signal.better == "higher") else "worse"


def shifts(
    reference: pd.DataFrame, current: pd.DataFrame, signals: Sequence[Signal]
) -> list[Shift]:
    """The shift of every signal that both frames have, the largest first.

    Parameters
    ----------
    reference, current
        A row an event, a column a signal by its name; missing values are unknown.
    signals
        What the columns are; vectors are left out.
    """
    found = []
    for signal in signals:
        if signal.kind == "vector" or not {signal.name} <= set(reference) & set(current):
            continue
        one, other = reference[signal.name].dropna(), current[signal.name].dropna()
        if min(len(one), len(other)) < LEAST_VALUES:
            few = Shift(
                signal=signal, verdict="too few", values_before=len(one), values_now=len(other)
            )
            found.append(few)
        else:
            found.append(_shift(signal, one, other))
    known = [shift for shift in found if shift.verdict != "too few"]
    adjusted = false_discovery_control([s.p_value for s in known]) if known else []
    judged = {id(s): _judged(s, float(p)) for s, p in zip(known, adjusted, strict=True)}
    return sorted((judged.get(id(s), s) for s in found), key=lambda s: -s.distance)


def _judged(shift: Shift, p_value: float) -> Shift:
    moved = shift.distance >= MOVED and p_value < LEVEL
    return replace(shift, p_value=p_value, verdict="moved" if moved else "same")


def _shift(signal: Signal, one: "pd.Series[float]", other: "pd.Series[float]") -> Shift:
    sizes = {"values_before": len(one), "values_now": len(other)}
    if signal.kind in {"score", "amount"}:
        a, b = one.to_numpy(np.float64), other.to_numpy(np.float64)
        difference = float(b.mean() - a.mean())
        error = _Z * float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
        return Shift(
            signal=signal,
            verdict="same",
            before=float(a.mean()),
            now=float(b.mean()),
            difference=difference,
            low=difference - error,
            high=difference + error,
            distance=standardised_wasserstein(a, b),
            p_value=float(ks_2samp(a, b).pvalue),
            **sizes,
        )
    table = pd.DataFrame(
        {"before": one.astype(str).value_counts(), "now": other.astype(str).value_counts()}
    ).fillna(0)
    shares = (table / table.sum()).to_numpy()
    p_value = float(chi2_contingency(table.to_numpy()).pvalue) if len(table) > 1 else 1.0
    distance = float(jensenshannon(shares[:, 0], shares[:, 1])) if len(table) > 1 else 0.0
    shift = Shift(signal=signal, verdict="same", distance=distance, p_value=p_value, **sizes)
    return _with_shares(shift, one, other) if signal.kind == "flag" else shift


def _with_shares(shift: Shift, one: "pd.Series[float]", other: "pd.Series[float]") -> Shift:
    """Newcombe, Interval estimation for the difference between independent proportions (1998)."""
    p, q = float(one.astype(float).mean()), float(other.astype(float).mean())
    p_low, p_high = _wilson(p, len(one))
    q_low, q_high = _wilson(q, len(other))
    return replace(
        shift,
        before=p,
        now=q,
        difference=q - p,
        low=q - p - float(np.hypot(q - q_low, p_high - p)),
        high=q - p + float(np.hypot(q_high - q, p - p_low)),
    )


def standardised_wasserstein(
    one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]
) -> float:
    """Wasserstein's distance over the first sample's standard deviation, at least 0.001.

    >>> standardised_wasserstein(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    1.0
    """
    return float(wasserstein_distance(one, other)) / max(float(one.std()), 0.001)


def _wilson(share: float, count: int) -> tuple[float, float]:
    shrunk = _Z * _Z / count
    middle = (share + shrunk / 2) / (1 + shrunk)
    half = _Z * float(np.sqrt(share * (1 - share) / count + shrunk / (4 * count))) / (1 + shrunk)
    return middle - half, middle + half
