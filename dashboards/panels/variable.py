"""Variables: what people choose above the panels."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Something to choose.

    Parameters
    ----------
    name
        As it is called in panels' queries and in links.
    label
        What people read.
    sql
        Gives the values to choose from, one column ``value``. May use ``{from:DateTime}``,
        ``{to:DateTime}`` and other variables as panels do.
    several
        Whether several may be chosen, or none, which means all. Otherwise exactly one is chosen.
    default
        What is chosen at first, where exactly one is; empty: the first there is.
    typed
        Whether the value is typed rather than chosen (``sql`` is empty then).
    """

    name: str
    label: str
    sql: str = ""
    several: bool = True
    default: str = ""
    typed: bool = False


_LATELY = """resolution_seconds IN (60, 3600) AND start <= {to:DateTime} AND start >= if(
        resolution_seconds = 3600, toStartOfHour({from:DateTime}), {to:DateTime} - INTERVAL 2 HOUR
    )"""
"""Hours of the stretch, and minutes for the hour that has not closed."""


def _values(dimension: str, segmentation: str, upper: str = "") -> str:
    """Values of a dimension of windows that had events."""
    return f"""
SELECT DISTINCT segment['{dimension}'] AS value
FROM windows
WHERE signal = '' AND segmentation = '{segmentation}' AND segment['{dimension}'] != ''
    AND {_LATELY}
    {upper}
ORDER BY value
"""


_OF_APPLICATION = "AND [[application: segment['service_name']]]"

APPLICATION = Variable(
    name="application", label="Application", sql=_values("service_name", "service_name")
)
MODEL = Variable(
    name="model",
    label="Model",
    sql=_values("request_model", "request_model,service_name", _OF_APPLICATION),
)
RELEASE = Variable(
    name="release",
    label="Release",
    sql=_values("service_version", "release_role,service_name,service_version", _OF_APPLICATION),
)
SEGMENT = Variable(
    name="segment",
    label="Segment",
    several=False,
    default="{}",
    sql=f"""
SELECT DISTINCT segment_key AS value
FROM windows
WHERE signal = '' AND {_LATELY}
ORDER BY length(value), value
LIMIT 2000
""",
)
SIGNAL = Variable(
    name="signal",
    label="Signal",
    several=False,
    default="latency",
    sql="SELECT name AS value FROM signals WHERE kind != 'vector' ORDER BY value",
)
ALERT = Variable(
    name="alert",
    label="Alert",
    several=False,
    sql="""
SELECT fingerprint AS value
FROM alert_episodes
GROUP BY fingerprint
ORDER BY max(started_at) DESC
LIMIT 500
""",
)
EVENT = Variable(name="event", label="Event id", several=False, typed=True)
SEARCH = Variable(name="search", label="Text contains", several=False, typed=True)
"""Empty: any text."""
