"""Moments, durations and segments in words."""

from datetime import UTC, datetime

from schemas.segments import Segment, segment_label

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """A duration in its two largest units.

    >>> duration(300), duration(5400), duration(3 * 86400), duration(0.4)
    ('5 min', '1 h 30 min', '3 d', '0 s')
    """
    rest, words = int(seconds), list[str]()
    for length, unit in _UNITS:
        if rest >= length and len(words) < 2:
            words.append(f"{rest // length} {unit}")
            rest %= length
    return " ".join(words) or "0 s"


def moment(seconds: float) -> str:
    """A moment in epoch seconds, in UTC, to the minute.

    >>> moment(1_772_409_600)
    '2026-03-02 00:00'
    """
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def whose(segment: Segment) -> str:
    """The segment at the beginning of a sentence.

    >>> whose({"service_name": "shop"}), whose({"service_name": "shop", "request_model": "m1"})
    ('shop', 'shop (request_model=m1)')
    """
    service = segment.get("service_name")
    rest = {name: value for name, value in segment.items() if name != "service_name"}
    if service is None:
        return segment_label(segment)
    return f"{service} ({segment_label(rest)})" if rest else service
