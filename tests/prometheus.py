"""Debian's Prometheus as a judge: counters, the SRE workbook's rules, and promtool's verdict."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

LENGTHS = {
    300: "5m",
    1800: "30m",
    3600: "1h",
    7200: "2h",
    21600: "6h",
    86400: "1d",
    259200: "3d",
}
"""Windows of the workbook's table, in seconds and as Prometheus writes them."""

WORKBOOK = {
    "page-1h": (14.4, "1h", "5m"),
    "page-6h": (6, "6h", "30m"),
    "ticket-1d": (3, "1d", "2h"),
    "ticket-3d": (1, "3d", "6h"),
}
"""SRE workbook, chapter 5, table 5-8: alert to factor, long window, short window."""

_OFFSET = 10**9
"""Counters start here, not at 0: near 0, ``increase`` extrapolates less than elsewhere."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Events seen and bad events among them, cumulative, at multiples of ``step`` from 0 on."""

    step: int
    events: Sequence[int]
    bad: Sequence[int]


def promtool() -> str:
    """Path of promtool; skips without one, and fails where tests have to run."""
    found = shutil.which("promtool")
    if found is None:
        problem = "no promtool on this machine: run `make system-packages`"
        if os.environ.get("CI"):
            raise RuntimeError(problem)
        pytest.skip(problem)
    return found


def ratio(length: str) -> str:
    """Name of the recorded share of bad events over a window."""
    return f"job:slo_errors_per_request:ratio_rate{length}"


def verdict(
    folder: Path,
    counters: Counters,
    *,
    target: float,
    interval: int,
    firing: Mapping[str, Mapping[int, bool]],
    expressions: Mapping[int, Sequence[str]],
) -> str:
    """What ``promtool test rules`` has to say against these expectations; empty when all hold.

    Parameters
    ----------
    folder
        Where the files go.
    counters
        The input.
    target
        The objective.
    interval
        Seconds between evaluations of the rules.
    firing
        By alert (see :data:`WORKBOOK`) and second: whether it has to fire.
    expressions
        By second: expressions that have to be 1.
    """
    (folder / "rules.yml").write_text(json.dumps(_rules(target, interval)))
    (folder / "test.yml").write_text(
        json.dumps(_test(counters, interval, firing=firing, expressions=expressions))
    )
    done = subprocess.run(
        [promtool(), "test", "rules", "test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return done.stdout + done.stderr


def _rules(target: float, interval: int) -> object:
    records = [
        {
            "record": ratio(length),
            "expr": f"sum(increase(bad_total[{length}])) / sum(increase(events_total[{length}]))",
        }
        for length in LENGTHS.values()
    ]
    alerts = [
        {
            "alert": name,
            "expr": " and ".join(
                f"{ratio(length)} > ({factor} * (1 - {target}))" for length in (long, short)
            ),
        }
        for name, (factor, long, short) in WORKBOOK.items()
    ]
    group = {"name": "slo", "interval": f"{interval}s", "rules": [*records, *alerts]}
    return {"groups": [group]}


def _test(
    counters: Counters,
    interval: int,
    *,
    firing: Mapping[str, Mapping[int, bool]],
    expressions: Mapping[int, Sequence[str]],
) -> object:
    series = {"events_total": counters.events, "bad_total": counters.bad}
    return {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{interval}s",
        "tests": [
            {
                "interval": f"{counters.step}s",
                "input_series": [
                    {"series": name, "values": " ".join(str(_OFFSET + v) for v in values)}
                    for name, values in series.items()
                ],
                "alert_rule_test": [
                    {
                        "eval_time": f"{at}s",
                        "alertname": name,
                        "exp_alerts": [{"exp_labels": {}}] if fires else [],
                    }
                    for name, moments in firing.items()
                    for at, fires in moments.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": expression,
                        "eval_time": f"{at}s",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    }
                    for at, all_of_them in expressions.items()
                    for expression in all_of_them
                ],
            }
        ],
    }
