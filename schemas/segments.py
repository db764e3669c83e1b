"""Segments: the parts of traffic that are watched apart.

A *dimension* is an event field such as ``request_model`` or a label as ``labels.tenant``. A
*segmentation* is a set of dimensions; a *segment* gives each of them a value. The empty
segmentation has one segment: everything.
"""

from typing import Final

import msgspec

Segment = dict[str, str]
Segmentation = tuple[str, ...]

OTHER: Final = "__other__"
"""Value that stands for all values beyond the cardinality limit."""

FIELD_DIMENSIONS: Final = frozenset(
    {
        "service_name",
        "use_case",
        "use_case_kind",
        "deployment_environment_name",
        "operation_name",
        "provider_name",
        "request_model",
        "response_model",
        "service_version",
        "release_role",
        "experiment_arm",
        "prompt_name",
        "prompt_version",
    }
)

DEFAULT_SEGMENTATIONS: Final[tuple[Segmentation, ...]] = (
    (),
    ("service_name",),
    ("service_name", "use_case"),
    ("request_model", "service_name"),
    ("release_role", "service_name", "service_version"),
    ("prompt_name", "prompt_version", "service_name"),
)

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Segment)


def is_dimension(name: str) -> bool:
    """Whether events can be split by ``name``."""
    return name in FIELD_DIMENSIONS or (name.startswith("labels.") and len(name) > len("labels."))


def check_dimension(name: str) -> None:
    """Raises ``ValueError`` when events cannot be split by ``name``."""
    if not is_dimension(name):
        raise ValueError(f"{name!r} is no dimension: name an event field or labels.*")


def segmentation(dimensions: tuple[str, ...] | list[str]) -> Segmentation:
    """The canonical form of a set of dimensions: sorted, once each."""
    return tuple(sorted(set(dimensions)))


def segment_key(segment: Segment) -> str:
    """The segment's identity as a string: canonical JSON.

    >>> segment_key({"service_name": "shop", "request_model": "m1"})
    '{"request_model":"m1","service_name":"shop"}'
    """
    return _encoder.encode(segment).decode()


def parse_segment_key(key: str) -> Segment:
    """The segment of a key. Raises ``msgspec.DecodeError`` for anything else."""
    return _decoder.decode(key)


def compatible(segment: Segment, other: Segment) -> bool:
    """Whether events may be of both: they agree in all dimensions that both have.

    >>> compatible({"service_name": "shop", "use_case": "a"}, {"service_name": "shop"})
    True
    >>> compatible({"service_name": "shop"}, {"service_name": "search", "use_case": "a"})
    False
    """
    return all(segment.get(name, value) == value for name, value in other.items())


def segment_label(segment: Segment) -> str:
    """The segment for people.

    >>> segment_label({"service_name": "shop", "request_model": "m1"})
    'request_model=m1, service_name=shop'
    >>> segment_label({})
    'all traffic'
    """
    return ", ".join(f"{k}={v or '(none)'}" for k, v in sorted(segment.items())) or "all traffic"


def key_label(key: str) -> str:
    """The segment of a key for people. Raises ``msgspec.DecodeError`` for anything else.

    >>> key_label('{"service_name":"shop"}')
    'service_name=shop'
    """
    return segment_label(parse_segment_key(key))
