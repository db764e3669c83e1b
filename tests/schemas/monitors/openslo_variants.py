"""Valid and broken variants of OpenSLO documents, made by rule: the same ones every time.

``tools/compare_with_oslo.py`` asks OpenSLO's own validator about each and records the verdicts in
``openslo_verdicts.txt``.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from schemas.monitors.decode import DecodeError, decode_document
from schemas.monitors.openslo_rules import openslo_violations
from tests.schemas.monitors.documents import FOLDER, Plain, query, ratio_spec, threshold_spec

VERDICTS: Final = Path(__file__).with_name("openslo_verdicts.txt")
"""One character a variant: 1 where OpenSLO's validator accepts it, else 0."""

_MISSING: Final = object()
_VALUES: Final[tuple[Any, ...]] = (
    _MISSING,
    None,
    "",
    "x",
    "a b",
    "A-1",
    "a" * 64,
    "5m",
    "0w",
    "5x",
    "1M",
    "gte",
    "Timeslices",
    "2022-01-01 12:00:00",
    "Europe/Vienna",
    0,
    1,
    -1,
    0.5,
    99.5,
    100,
    True,
    False,
    [],
    ["x"],
    {},
    {"x": "y"},
)
_EVERY: Final = 3
"""Of the replacements of every field by every value, one in this many is taken."""


def _bases() -> Iterator[Plain]:
    own = {name: d for name, d in FOLDER.items() if d["apiVersion"].startswith("openslo")}
    yield from own.values()
    slo = own["slo"]
    calendar = {"startTime": "2022-01-01 12:00:00", "timeZone": "America/New_York"}
    slices = {"target": 0.9, "timeSliceTarget": 0.95, "timeSliceWindow": "1m"}
    inline_policy = {
        "kind": "AlertPolicy",
        "metadata": {"name": "inline"},
        "spec": {
            "alertWhenBreaching": True,
            "conditions": [
                {
                    "kind": "AlertCondition",
                    "metadata": {"name": "c"},
                    "spec": own["condition"]["spec"],
                }
            ],
            "notificationTargets": [
                {
                    "kind": "AlertNotificationTarget",
                    "metadata": {"name": "t"},
                    "spec": {"target": "email", "description": "d"},
                }
            ],
        },
    }
    yield _slo(slo, timeWindow=[{"duration": "1M", "isRolling": False, "calendar": calendar}])
    yield _slo(slo, budgetingMethod="Timeslices", objectives=[slices, slices])
    yield _slo(slo, budgetingMethod="RatioTimeslices", objectives=[slices])
    yield _slo(slo, alertPolicies=[inline_policy])
    threshold = {"metadata": {"name": "slow"}, "spec": threshold_spec()}
    yield _slo(
        slo,
        indicator=threshold,
        objectives=[
            {"op": "lte", "value": 1.5, "targetPercent": 99.5},
            {"op": "lt", "value": 3, "target": 0.99},
        ],
    )
    raw = {"ratioMetric": {"raw": query("r"), "rawType": "failure"}}
    yield _slo(slo, indicator={"metadata": {"name": "raw"}, "spec": raw})
    bad = {"ratioMetric": {"counter": True, "bad": query("b"), "total": query("t")}}
    composite = _slo(
        slo,
        objectives=[
            {"target": 0.9, "indicatorRef": "a", "compositeWeight": 2},
            {"target": 0.99, "indicator": {"metadata": {"name": "b"}, "spec": bad}},
        ],
    )
    del composite["spec"]["indicator"]
    yield composite
    yield copy.deepcopy(own["sli"]) | {"spec": ratio_spec("Prometheus") | {"description": ""}}


def _slo(slo: Plain, **spec: Any) -> Plain:
    changed = copy.deepcopy(slo)
    changed["spec"] |= copy.deepcopy(spec)
    return changed


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items: Any = ()
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield from _places(item, (*path, key))


def _replaced(document: Plain, path: tuple[Any, ...], value: Any) -> Plain:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    if value is _MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = copy.deepcopy(value)
    return changed


def variants() -> Iterator[Plain]:
    """Every base document, with single fields replaced, taken away, doubled and added."""
    rng = Random(7)
    for base in _bases():
        yield base
        for path in _places(base):
            for value in _VALUES:
                if value is _MISSING or rng.randrange(_EVERY) == 0:
                    yield _replaced(base, path, value)
            parent: Any = base
            for step in path[:-1]:
                parent = parent[step]
            item = parent[path[-1]]
            if isinstance(item, list) and item:
                yield _replaced(base, path, [*item, item[0]])
            if isinstance(item, dict):
                yield _replaced(base, path, {**item, "unheardOf": "x"})


def accepts(document: Plain) -> bool:
    """Tidewatch's verdict on a document."""
    try:
        decoded = decode_document(document)
    except DecodeError:
        return False
    return not list(openslo_violations(decoded))  # type: ignore[arg-type]
