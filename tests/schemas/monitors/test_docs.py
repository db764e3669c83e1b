"""The page about monitors: its examples load, its conditions are conditions."""

import re
from pathlib import Path

from schemas.monitors.decode import KINDS
from schemas.monitors.load import load_monitors
from schemas.monitors.parse_condition import parse_condition
from schemas.monitors.resolved import WORKBOOK_TIERS
from schemas.monitors.scope import ANNOTATIONS
from schemas.monitors.secrets import secret_resolver
from tests.schemas.monitors.signals import SIGNALS

PAGE = (Path(__file__).parents[3] / "docs" / "monitors.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_load_as_one_folder_without_problems() -> None:
    resolve = secret_resolver({"HOOK_TOKEN": "t0k3n"}, lambda path: "s3cr3t")
    sources = {f"{index}.yaml": text for index, text in enumerate(blocks("yaml"))}
    result = load_monitors(sources, signals=SIGNALS, resolve_secret=resolve)
    assert result.problems == []
    assert {"shop-latency", "first-token.pleasant", "answered", "refusal-rate"} <= {
        monitor.name for monitor in result.monitors.monitors
    }


def test_every_kind_has_an_example() -> None:
    shown = set(re.findall(r"^kind: (\w+)$", PAGE, re.MULTILINE))
    assert shown == {kind for kinds in KINDS.values() for kind in kinds}


def test_the_conditions_are_conditions() -> None:
    for line in blocks("text")[0].splitlines():
        parse_condition(line, signals=SIGNALS)


def test_the_tables_tell_what_the_code_has() -> None:
    for tier in WORKBOOK_TIERS:
        assert f"| {tier.factor:g} |" in PAGE
    assert all(f"`{name}: " in PAGE for name in ANNOTATIONS["SLO"])
