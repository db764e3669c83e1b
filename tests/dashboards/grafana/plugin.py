"""What Grafana and its ClickHouse plugin do to a query before ClickHouse sees it.

Grafana's plugin applies ``$__conditionalAll`` by the values chosen, Grafana replaces variables, and
the plugin's other half replaces macros of time. Rules of plugin 4.14, in a few lines.
"""

import re
from collections.abc import Mapping, Sequence

from dashboards.panels import Selection

_CONDITIONAL = "$__conditionalAll("


def fill(sql: str, selection: Selection, variables: Sequence[str]) -> str:
    """The SQL that ClickHouse gets; ``variables`` are those of the dashboard."""
    chosen = {name: list(selection.chosen.get(name, ())) for name in variables}
    sql = _conditions(sql, chosen)
    for name, values in chosen.items():
        quoted = ",".join("'" + value.replace("'", "\\'") + "'" for value in values)
        sql = sql.replace(f"${{{name}:singlequote}}", quoted)
    begin, end = int(selection.begin.timestamp()), int(selection.end.timestamp())
    for macro, value in (
        ("fromTime", f"toDateTime({begin})"),
        ("toTime", f"toDateTime({end})"),
        ("interval_s", str(selection.step)),
    ):
        sql = re.sub(rf"\$__{macro}\b", value, sql)
    assert "$" not in sql, sql
    return sql


def _conditions(sql: str, chosen: Mapping[str, Sequence[str]]) -> str:
    while (start := sql.rfind(_CONDITIONAL)) >= 0:
        arguments, end = _arguments(sql, start + len(_CONDITIONAL))
        condition, variable = arguments
        is_all = not chosen[variable.strip().removeprefix("$")]
        sql = sql[:start] + ("1=1" if is_all else condition) + sql[end:]
    return sql


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    found, depth, last = [], 0, start
    for index in range(start, len(sql)):
        character = sql[index]
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif character in ",)" and not depth:
            found.append(sql[last:index])
            last = index + 1
            if character == ")":
                return found, last
    raise AssertionError(f"no end of the arguments: {sql[start:]}")
