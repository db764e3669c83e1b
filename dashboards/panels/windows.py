"""The part of panels' queries that chooses rows of the view ``windows``.

The same events are in every resolution and segmentation, so a query must choose one of each: the
coarsest resolution that is no coarser than the points asked for and still kept, and the
segmentation that knows what is chosen. The stretch whose coarse windows have not closed yet is
filled with minutes: a panel over months shows the current hour too.
"""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

BY_APPLICATION = "service_name"
BY_MODEL = "request_model,service_name"
BY_RELEASE = "release_role,service_name,service_version"

RESOLUTION = (
    "multiIf({from:DateTime} < now() - INTERVAL 400 DAY, 86400, "
    "{step:UInt32} >= 3600 OR {from:DateTime} < now() - INTERVAL 90 DAY, 3600, "
    "{step:UInt32} >= 60 OR {from:DateTime} < now() - INTERVAL 3 DAY, 60, 10)"
)
"""Seconds of the windows to read."""

POINT_SECONDS = f"(toUInt32(ceil({{step:UInt32}} / {RESOLUTION})) * {RESOLUTION})"
"""Seconds from point to point: whole windows. Grafana asks for steps of 15 seconds, too, in which
windows of ten would be two by turns with one."""

POINT = f"toStartOfInterval(start, toIntervalSecond({POINT_SECONDS}))"
"""The point in time a window belongs to."""

CHOSEN_CUT = (
    f"multiIf([[chosen: release]], '{BY_RELEASE}', [[chosen: model]], '{BY_MODEL}', "
    f"'{BY_APPLICATION}')"
)
"""The segmentation that knows what is chosen. None knows model and release together: with both
chosen there are no rows rather than wrong ones."""

CHOSEN = (
    "[[application: segment['service_name']]] AND [[model: segment['request_model']]] "
    "AND [[release: segment['service_version']]]"
)
"""Segments of :data:`CHOSEN_CUT` that are chosen."""


def windows_of(signals: str, cut: str = CHOSEN_CUT, where: str = CHOSEN) -> str:
    """FROM and WHERE of a query over the closed windows of the stretch, each event once.

    Parameters
    ----------
    signals
        Condition on ``signal``, such as ``signal = 'latency'``.
    cut
        SQL of the segmentation.
    where
        Further condition, on ``segment`` for instance.
    """
    closed = (
        "(SELECT max(start) FROM raw_windows WHERE signal = '' "
        f"AND resolution_seconds = {RESOLUTION} AND segmentation = {cut}) + {RESOLUTION}"
    )
    return f"""FROM windows
WHERE {signals} AND segmentation = {cut}
    AND start >= {{from:DateTime}} AND start < {{to:DateTime}}
    AND (
        resolution_seconds = {RESOLUTION}
        AND (resolution_seconds <= 60 OR start < {closed})
        OR resolution_seconds = 60 AND {RESOLUTION} > 60 AND start >= {closed}
    )
    AND {where}"""


def named_by_segment(name: str, segment: str) -> str:
    """SQL of a name with the values of a segment behind it, for people.

    >>> named_by_segment("monitor", "segment")
    "concat(monitor, arrayStringConcat(arrayMap(part -> concat(' · ', part), \
mapValues(segment))))"
    """
    return (
        f"concat({name}, arrayStringConcat(arrayMap(part -> concat(' · ', part), "
        f"mapValues({segment}))))"
    )
