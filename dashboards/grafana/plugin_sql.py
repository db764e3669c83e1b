"""A panel's query as Grafana's ClickHouse plugin takes it."""

from dashboards.panels.panel import Panel
from dashboards.panels.query import replace_markers, replace_parameters
from schemas.quantity_words import SHARE

_MACROS = {"from": "$__fromTime", "to": "$__toTime", "step": "$__interval_s"}


def plugin_sql(sql: str) -> str:
    """The query with the plugin's macros and Grafana's variables in place of ours.

    A variable of which nothing or all is chosen restricts nothing: the plugin then replaces
    ``$__conditionalAll(condition, $variable)`` by ``1=1``.

    >>> plugin_sql("SELECT 1 WHERE t > {from:DateTime} AND [[model: m]] AND s = {signal:String}")
    'SELECT 1 WHERE t > $__fromTime AND $__conditionalAll(m IN (${model:singlequote}), $model) \
AND s = ${signal:singlequote}'
    """
    return replace_markers(replace_parameters(sql, _value), _condition)


def panel_sql(panel: Panel) -> str:
    """A panel's query, in the form in which Grafana can draw its picture."""
    sql = plugin_sql(panel.sql)
    if panel.columns_with_row_unit:
        sql = _with_units(panel, sql) if panel.picture == "table" else _without_unit(panel, sql)
    if panel.picture == "state_timeline":
        return _points_of_states(panel, sql)
    return _two_columns(panel, sql) if panel.picture == "heatmap" else sql


def _without_unit(panel: Panel, sql: str) -> str:
    """Of points in time Grafana would make the unit a part of the series' names."""
    (unit,) = panel.columns_of("unit")
    return f"SELECT * EXCEPT ({unit})\nFROM\n(\n{sql}\n)"


def _with_units(panel: Panel, sql: str) -> str:
    """Grafana knows one unit a column: values whose rows tell theirs become texts."""
    (unit,) = panel.columns_of("unit")
    texts = ",\n    ".join(
        f"""multiIf(
        isNull({name}), '–',
        {unit} = '{SHARE}', concat(printf('%.3g', assumeNotNull(toFloat64({name})) * 100), ' %'),
        concat(
            if(
                abs({name}) >= 1000,
                toString(round(assumeNotNull(toFloat64({name})))),
                printf('%.4g', assumeNotNull(toFloat64({name})))
            ),
            if({unit} IN ('', '1'), '', concat(' ', replaceRegexpAll({unit}, '[{{}}]', '')))
        )
    ) AS {name}"""
        for name in panel.columns_with_row_unit
    )
    return f"""SELECT * EXCEPT ({unit}) REPLACE (
    {texts}
)
FROM
(
{sql}
)"""  # noqa: S608 - constants


def _points_of_states(panel: Panel, sql: str) -> str:
    """Grafana has no stretches of time.

    A state timeline gets a number where a stretch begins (the place of its state among
    ``panel.states``, from 1) and 0 where it ends.
    """
    (time,), (end,) = panel.columns_of("time"), panel.columns_of("end")
    (series,), (state,) = panel.columns_of("series"), panel.columns_of("state")
    names = ", ".join(f"'{each.name}'" for each in panel.states)
    # Where one stretch ends and the next begins, the larger number is the state.
    return f"""SELECT point.1 AS at, {series}, max(point.2) AS level
FROM
(
    SELECT {series}, arrayJoin([({time}, indexOf([{names}], {state})), ({end}, 0)]) AS point
    FROM
    (
{sql}
    )
)
GROUP BY at, {series}
ORDER BY at, {series}"""  # noqa: S608 - constants


def _two_columns(panel: Panel, sql: str) -> str:
    """Grafana takes the width of a heat map's cells from its second column, and draws none else.

    Where all values are of one time, an empty column follows.
    """
    (time,), (series,) = panel.columns_of("time"), panel.columns_of("series")
    (value,) = panel.columns_of("value")
    wide = "toIntervalSecond(intDiv(dateDiff('second', $__fromTime, $__toTime), 14))"
    return f"""SELECT point.1 AS at, {series}, point.2 AS {value}
FROM
(
    SELECT {series}, arrayJoin(if(
        min({time}) OVER () = max({time}) OVER (),
        [({time}, toNullable({value})), ({time} + {wide}, NULL)],
        [({time}, toNullable({value}))]
    )) AS point
    FROM
    (
{sql}
    )
)
ORDER BY at, {series}"""  # noqa: S608 - constants


def _condition(name: str, argument: str) -> str:
    if name == "chosen":
        return f"NOT ($__conditionalAll(1=0, ${argument}))"
    return f"$__conditionalAll({argument} IN (${{{name}:singlequote}}), ${name})"


def _value(name: str) -> str:
    return _MACROS.get(name) or f"${{{name}:singlequote}}"
