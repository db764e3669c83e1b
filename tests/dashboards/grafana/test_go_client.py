"""Every query with clickhouse-go over HTTP, the client in Grafana's ClickHouse plugin."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dashboards.grafana.render import render
from dashboards.panels import DASHBOARDS
from streams.embedded.clickhouse import EmbeddedClickHouse
from tests.analysts.replayed import DATABASE, Replayed
from tests.dashboards.grafana.test_render import filled

SOURCE = Path(__file__).resolve().parents[1] / "go" / "panel_queries"
_TIMES = ("DateTime", "Nullable(DateTime")
_NUMBERS = ("Float", "UInt", "Int", "Nullable(Float", "Nullable(UInt", "Nullable(Int")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from ``tests/dashboards/go``."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("needs the Go toolchain: the program go is not on the path")
    fetched = subprocess.run(
        [go, "mod", "download"], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if fetched.returncode != 0:
        pytest.skip(f"cannot fetch clickhouse-go: {fetched.stderr[-300:]}")
    target = tmp_path_factory.mktemp("go") / "panel_queries"
    subprocess.run([go, "build", "-o", str(target), "."], cwd=SOURCE, check=True)
    return target


@pytest.fixture(scope="module")
def results(program: Path, clickhouse: EmbeddedClickHouse, traffic: Replayed) -> dict[str, Any]:
    """What the client read, by dashboard and query."""
    queries = {
        f"{board.id}: {name}": sql
        for board in DASHBOARDS
        for name, sql in filled(board, traffic).items()
    }
    done = subprocess.run(
        [program, f"{clickhouse.host}:{clickhouse.port}", DATABASE],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.keys() == queries.keys()
    return found


def test_every_query_has_rows(results: dict[str, Any]) -> None:
    failed = {name: r["error"] for name, r in results.items() if r["error"] or not r["rows"]}
    assert failed == {}


def test_time_series_begin_with_a_time_and_have_numbers(results: dict[str, Any]) -> None:
    """What the plugin needs to make a line of every series."""
    checked = 0
    for board in DASHBOARDS:
        drawn = [panel for panel in render(board)["panels"] if panel["type"] != "row"]
        for panel, declared in zip(drawn, board.panels, strict=True):
            if panel["targets"][0]["format"] != 0:
                continue
            columns = results[f"{board.id}: panel {declared.id}"]["columns"]
            types = [c["type"] for c in columns]
            # What names a series is text: a number would be a line of its own.
            named = {c["name"]: c["type"] for c in columns}
            assert all("String" in named[c] for c in declared.columns_of("series")), declared.id
            assert types[0].startswith(_TIMES), declared.id
            assert types[-1].startswith(_NUMBERS), (declared.id, types)
            checked += 1
    assert checked > 20
