"""Values reach ClickHouse by parameters: no text of SQL is put together from what others wrote.

Every f-string that holds SQL is looked at. What it interpolates must be a constant, or something
that is quoted, or stand in the list below with the reason why it is harmless.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("schemas", "detectors", "streams", "dashboards")

_SQL = re.compile(
    r"\b(SELECT\b.*\bFROM|INSERT INTO|ALTER TABLE|CREATE (TABLE|OR REPLACE|VIEW|DATABASE|ROLE)|"
    r"DROP (TABLE|VIEW|DATABASE)|DELETE FROM|WHERE .*[=<>]|GROUP BY|GRANT\b.*\bTO)",
    re.DOTALL,
)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*|', '\.join\(_?[A-Z][A-Z0-9_]*\)")
_QUOTING = {"quote_name", "quote_text", "identifier", "literal", "int", "_instant", "_quoted"}

REVIEWED: dict[str, tuple[set[str], str]] = {
    "dashboards/grafana/plugin_sql.py": (
        {"end", "names", "series", "sql", "state", "texts", "time", "unit", "value", "wide"},
        "SQL of panels around SQL of panels",
    ),
    "dashboards/page/event_filter.py": (
        {"condition", "shown"},
        "condition: one of three columns and a parameter; shown: a constant and a quoted name",
    ),
    "detectors/watching/evidence.py": (
        {"', '.join(shown)"},
        "names and values are quoted; shown to people, never run",
    ),
    "schemas/clickhouse/signal_views.py": (
        {"columns", "comments", "events", "layout.on_cluster", "own", "values"},
        "columns and comments, quoted before",
    ),
    "streams/access/clickhouse_grants.py": (
        {"cluster", "database", "name", "table"},
        "the database and cluster of the settings, quoted before",
    ),
    "streams/references/windows.py": ({"chosen"}, "chosen: one of two constants"),
    "streams/reports/events.py": (
        {"', '.join(names)", "columns", "where"},
        "columns and dimensions are quoted, values are parameters",
    ),
    "streams/store/migrate.py": (
        {"layout.on_cluster"},
        "the database and cluster of the settings, quoted",
    ),
    "streams/store/objectives.py": ({"names"}, "names: a constant tuple"),
    "streams/store/retention.py": ({"layout.on_cluster"}, "tables of the database, quoted"),
    "streams/store/signals.py": (
        {"', '.join(names)", "added", "layout.on_cluster"},
        "columns of declared signals, quoted before",
    ),
    "streams/store/views.py": (
        {"comments", "layout.on_cluster"},
        "views of the database and comments, quoted before",
    ),
}
"""Interpolations that a person has read, with what makes them harmless."""

DECLARATIONS = "dashboards/panels/"
"""SQL of panels: put together when modules are loaded, before anything is read."""


def interpolations() -> Iterator[tuple[str, int, str]]:
    """Place and text of what f-strings with SQL interpolate, but for constants."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr) and _SQL.search(_text(node)):
                    for part in node.values:
                        if isinstance(part, ast.FormattedValue) and not _harmless(part.value):
                            place = path.relative_to(ROOT).as_posix()
                            yield place, node.lineno, ast.unparse(part.value)


def _text(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def _harmless(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _QUOTING
    return bool(_CONSTANT.fullmatch(ast.unparse(value)))


def test_sql_interpolates_constants_and_what_is_quoted() -> None:
    found = [
        f"{place}:{line}: {text}"
        for place, line, text in interpolations()
        if text not in REVIEWED.get(place, ((), ""))[0] and not place.startswith(DECLARATIONS)
    ]
    assert not found, "use parameters ({name:Type}), or say in REVIEWED why it is harmless"


def test_what_was_reviewed_is_still_there() -> None:
    there = {(place, text) for place, _, text in interpolations()}
    reviewed = {(place, text) for place, (texts, _) in REVIEWED.items() for text in texts}
    assert reviewed <= there


def test_sql_is_not_formatted_in_other_ways() -> None:
    """``%`` and ``str.format`` on text that is SQL: only the table of migrations does."""
    found = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
                        formatted = _SQL.search(text)
                    case ast.Call(
                        func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")
                    ):
                        formatted = _SQL.search(text)
                    case _:
                        continue
                if formatted:
                    found.add(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_the_look_finds_what_it_should(tmp_path: Path) -> None:
    node = ast.parse('f"SELECT * FROM t WHERE x = {name}"').body[0].value  # type: ignore[attr-defined]
    assert _SQL.search(_text(node))
    assert [
        _harmless(part.value) for part in node.values if isinstance(part, ast.FormattedValue)
    ] == [False]
