"""Which traffic a monitor looks at: service, dimensions and values to segmentation and segment."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import Metadata, Service
from schemas.monitors.problems import did_you_mean
from schemas.segments import FIELD_DIMENSIONS, Segment, Segmentation, is_dimension, segmentation

PREFIX: Final = "tidewatch/"
BY: Final = "tidewatch/by"
SEGMENT: Final = "tidewatch/segment"
MINIMUM_EVENTS: Final = "tidewatch/minimum-events"
DEFAULT_MINIMUM_EVENTS: Final = 50
RUNBOOK: Final = "tidewatch/runbook"
MISSING_DATA: Final = "tidewatch/missing-data"

ANNOTATIONS: Final[Mapping[str, frozenset[str]]] = {
    "SLO": frozenset({BY, MINIMUM_EVENTS, MISSING_DATA, RUNBOOK}),
    "Service": frozenset({SEGMENT}),
}
"""The annotations that mean something to Tidewatch, by kind."""


def check_annotations(located: Located, metadata: Metadata) -> None:
    """Report annotations under ``tidewatch/`` that mean nothing on this kind of document."""
    known = ANNOTATIONS.get(located.kind, frozenset())
    for name, value in metadata.annotations.items():
        path = f"metadata.annotations.{name}"
        if name.startswith(PREFIX) and name not in known:
            located.error(
                path, f"no annotation of {located.kind or 'this kind'}{did_you_mean(name, known)}"
            )
        elif name == SEGMENT and value != "all":
            located.error(path, f"{value!r} is not 'all'")


def split_dimensions(text: str) -> list[str]:
    """The names in ``request_model, use_case``."""
    return [name.strip() for name in text.split(",") if name.strip()]


def scope_of(
    located: Located,
    folder: Folder,
    *,
    service: str,
    by: Sequence[str] = (),
    segment: Segment | None = None,
    by_path: str = "spec.by",
) -> tuple[Segmentation, Segment]:
    """Segmentation and segment of a monitor; unknown dimensions are reported.

    ``service`` restricts to events of that ``service_name``, unless a Service document of that
    name carries the annotation ``tidewatch/segment: all``.
    """
    values = dict(segment or {})
    for name in by:
        _check_dimension(located, name, by_path)
    for name in values:
        _check_dimension(located, name, f"spec.segment.{name}")
    restricted = bool(service) and not _is_all_traffic(folder, service)
    if restricted and values.setdefault("service_name", service) != service:
        located.error(
            "spec.segment.service_name",
            f"{values['service_name']!r} contradicts the service {service!r}: remove one",
        )
    return segmentation([*values, *by]), values


def _check_dimension(located: Located, name: str, path: str) -> None:
    if not is_dimension(name):
        located.error(
            path,
            f"{name!r} is no dimension{did_you_mean(name, FIELD_DIMENSIONS)}"
            " (a label is labels.<name>)",
        )


def _is_all_traffic(folder: Folder, service: str) -> bool:
    return any(
        isinstance(one.document, Service)
        and one.document.metadata.annotations.get(SEGMENT) == "all"
        for one in folder.named("Service", service)
    )


def flat_labels(metadata: Metadata) -> dict[str, str]:
    """Labels with one text each: several values are joined by commas."""
    return {
        name: value if isinstance(value, str) else ",".join(value)
        for name, value in metadata.labels.items()
    }
